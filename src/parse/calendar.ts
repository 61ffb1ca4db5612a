/** Years that a log's time may name; anything else is no date but damage. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 2100;
const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MONTHS = 'Jan/Feb/Mar/Apr/May/Jun/Jul/Aug/Sep/Oct/Nov/Dec';

/**
 * Epoch milliseconds of a date and time in UTC, or NaN when there is no such moment between 1970 and 2100. `month` is
 * 1 to 12. Second 60, a leap second, is the first second of the next minute, as POSIX counts.
 */
export function epochMs(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number {
  if (!(year >= FIRST_YEAR && year <= LAST_YEAR)) return Number.NaN;
  if (!(day >= 1 && day <= daysOf(year, month))) return Number.NaN;
  if (!(hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 60)) return Number.NaN;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** 0 for what is no month. */
function daysOf(year: number, month: number): number {
  const days = DAYS_OF_MONTH[month - 1] ?? 0;
  return month === 2 && isLeap(year) ? 29 : days;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** 1 to 12 for the English three-letter name at `from`, 0 for anything else. */
export function monthAt(text: string, from: number): number {
  const at = MONTHS.indexOf(text.slice(from, from + 3));
  return at % 4 === 0 && from + 3 <= text.length ? at / 4 + 1 : 0;
}

/** The `count` decimal digits at `from` as a number; NaN when they are not all digits. */
export function digitsAt(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Minutes east of UTC for the `+0200` at `from`; NaN for anything else. */
export function offsetMinutesAt(text: string, from: number): number {
  const sign = text.charCodeAt(from);
  if (sign !== 0x2b && sign !== 0x2d) return Number.NaN;
  const hours = digitsAt(text, from + 1, 2);
  const minutes = digitsAt(text, from + 3, 2);
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN;
  return (sign === 0x2b ? 1 : -1) * (hours * 60 + minutes);
}
