/** Years that a log's time may name; anything else is no date but damage. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 2100;
/** Epoch milliseconds: from then on, an epoch is no date either. */
export const LAST_MOMENT = Date.UTC(LAST_YEAR + 1, 0, 1);
const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MONTHS = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map((name, index) => [
    (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2),
    index + 1,
  ]),
);
const PLUS = 0x2b;
const MINUS = 0x2d;

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

/** 1 to 12 for the English three-letter name at `from`, NaN for anything else. */
export function monthAt(bytes: Uint8Array, from: number): number {
  const [first = 0, second = 0, third = 0] = [bytes[from], bytes[from + 1], bytes[from + 2]];
  return MONTHS.get((first << 16) | (second << 8) | third) ?? Number.NaN;
}

/** The `count` decimal digits at `from` as a number; NaN when they are not all digits. */
export function digitsAt(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Minutes east of UTC for the `+0200` at `from`; NaN for anything else. */
export function offsetMinutesAt(bytes: Uint8Array, from: number): number {
  const sign = bytes[from];
  if (sign !== PLUS && sign !== MINUS) return Number.NaN;
  const hours = digitsAt(bytes, from + 1, 2);
  const minutes = digitsAt(bytes, from + 3, 2);
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN;
  return (sign === PLUS ? 1 : -1) * (hours * 60 + minutes);
}
