/**
 * Reads a date as the server does, which takes far more than RFC 3339: Joda-Time's `dateTimeParser`, ISO 8601 with
 * calendar, ordinal and week dates, a time without a date, fractions of hours, minutes or seconds, and offsets.
 */

const DATE =
  /^(?<year>[+-]?\d{1,9})(?:-(?<month>\d{1,2})(?:-(?<day>\d{1,2}))?|-(?<ordinal>\d{3})|-[Ww](?<week>\d{1,2})(?:-(?<weekday>\d))?)?$/;
const TIME = /^(?<hour>\d{1,2})(?::(?<minute>\d{1,2})(?::(?<second>\d{1,2}))?)?(?:[.,](?<fraction>\d{1,9}))?$/;
const OFFSET =
  /^(?<sign>[+-])(?<hours>\d\d)(?:(?::(?<minutes>\d\d)(?::(?<seconds>\d\d))?)|(?<minutes2>\d\d)(?<seconds2>\d\d)?)?$/;

const DAY_MS = 86_400_000;
const UNIT_MS = { hour: 3_600_000, minute: 60_000, second: 1000 };

/**
 * Epoch milliseconds of `text`, finer digits cut off; null when it is no date. Infinite for a year that JavaScript's
 * Date cannot hold.
 */
export function parseInstant(text: string): number | null {
  const split = text.search(/[Tt]/);
  const date = split < 0 ? text : text.slice(0, split);
  const rest = split < 0 ? '' : text.slice(split + 1);
  const zoneAt = rest.search(/[Zz+-]/);
  const clock = zoneAt < 0 ? rest : rest.slice(0, zoneAt);
  if (date === '' && clock === '') return null;
  const days = date === '' ? 0 : parseDate(date);
  const time = parseTime(clock);
  const offset = zoneAt < 0 ? 0 : parseOffset(rest.slice(zoneAt));
  return days === null || time === null || offset === null ? null : days + time - offset;
}

function parseDate(text: string): number | null {
  const parts = DATE.exec(text)?.groups;
  if (parts === undefined) return null;
  const year = Number(parts.year);
  if (parts.week !== undefined) return parseWeekDate(year, Number(parts.week), Number(parts.weekday ?? 1));
  if (parts.ordinal !== undefined) {
    const day = Number(parts.ordinal);
    return day >= 1 && day <= (isLeap(year) ? 366 : 365) ? midnight(year, 0, day) : null;
  }
  const month = Number(parts.month ?? 1);
  const day = Number(parts.day ?? 1);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  return midnight(year, month - 1, day);
}

/** ISO 8601 week dates: week 1 is the one that holds 4 January. */
function parseWeekDate(year: number, week: number, weekday: number): number | null {
  const start = firstMonday(year);
  const weeks = Number.isFinite(start) ? Math.round((firstMonday(year + 1) - start) / (7 * DAY_MS)) : 52;
  if (week < 1 || week > weeks || weekday < 1 || weekday > 7) return null;
  return start + ((week - 1) * 7 + weekday - 1) * DAY_MS;
}

function firstMonday(year: number): number {
  const fourth = midnight(year, 0, 4);
  const weekday = (new Date(fourth).getUTCDay() + 6) % 7;
  return Number.isNaN(weekday) ? fourth : fourth - weekday * DAY_MS;
}

function parseTime(text: string): number | null {
  if (text === '') return 0;
  const parts = TIME.exec(text)?.groups;
  if (parts === undefined) return null;
  const [hour, minute, second] = [Number(parts.hour), Number(parts.minute ?? 0), Number(parts.second ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return null;
  const unit = parts.second !== undefined ? 'second' : parts.minute !== undefined ? 'minute' : 'hour';
  const digits = parts.fraction ?? '0';
  const fraction = Math.floor((Number(digits) * UNIT_MS[unit]) / 10 ** digits.length);
  return hour * UNIT_MS.hour + minute * UNIT_MS.minute + second * UNIT_MS.second + fraction;
}

function parseOffset(text: string): number | null {
  if (text === 'Z' || text === 'z') return 0;
  const parts = OFFSET.exec(text)?.groups;
  if (parts === undefined) return null;
  const hours = Number(parts.hours);
  const minutes = Number(parts.minutes ?? parts.minutes2 ?? 0);
  const seconds = Number(parts.seconds ?? parts.seconds2 ?? 0);
  if (hours > 23 || minutes > 59 || seconds > 59) return null;
  const ms = hours * UNIT_MS.hour + minutes * UNIT_MS.minute + seconds * UNIT_MS.second;
  return parts.sign === '-' ? -ms : ms;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function midnight(year: number, monthIndex: number, day: number): number {
  const ms = new Date(0).setUTCFullYear(year, monthIndex, day);
  return Number.isNaN(ms) ? Math.sign(year) * Number.POSITIVE_INFINITY : ms;
}
