import { epochMs } from './calendar.ts';

/** What the parts of a logged time have told so far. NaN: not told. */
export interface Clock {
  year: number;
  month: number;
  day: number;
  yearDay: number;
  hour: number;
  /** Hour of a twelve-hour clock, with `afternoon`. */
  hour12: number;
  afternoon: boolean;
  minute: number;
  second: number;
  offsetMinutes: number;
  /** Epoch milliseconds, where the log has them as such. */
  epoch: number;
  fractionMs: number;
}

/** Good for all lines of a layout: each tells the same parts, so nothing is left of the line before. */
export function newClock(): Clock {
  return {
    year: Number.NaN,
    month: Number.NaN,
    day: Number.NaN,
    yearDay: Number.NaN,
    hour: 0,
    hour12: Number.NaN,
    afternoon: false,
    minute: 0,
    second: 0,
    offsetMinutes: 0,
    epoch: Number.NaN,
    fractionMs: Number.NaN,
  };
}

/** Epoch milliseconds; NaN when what was told is no moment. A time without zone is taken as UTC. */
export function readClock(clock: Clock): number {
  const whole = Number.isNaN(clock.epoch) ? calendarTime(clock) : clock.epoch;
  if (Number.isNaN(clock.fractionMs)) return whole;
  return Math.floor(whole / 1000) * 1000 + clock.fractionMs;
}

function calendarTime(clock: Clock): number {
  const hour = Number.isNaN(clock.hour12) ? clock.hour : hourOfDay(clock.hour12, clock.afternoon);
  const byYearDay = Number.isNaN(clock.month) && !Number.isNaN(clock.yearDay);
  const month = byYearDay ? 1 : clock.month;
  const day = byYearDay ? 1 : clock.day;
  const local = epochMs(clock.year, month, day, hour, clock.minute, clock.second);
  return local + yearDayMs(clock, byYearDay) - clock.offsetMinutes * 60_000;
}

function hourOfDay(hour12: number, afternoon: boolean): number {
  return hour12 >= 1 && hour12 <= 12 ? (hour12 % 12) + (afternoon ? 12 : 0) : Number.NaN;
}

/** NaN when the year has no such day. */
function yearDayMs(clock: Clock, byYearDay: boolean): number {
  if (!byYearDay) return 0;
  const ms = (clock.yearDay - 1) * 86_400_000;
  const inYear = clock.yearDay >= 1 && new Date(Date.UTC(clock.year, 0, clock.yearDay)).getUTCFullYear() === clock.year;
  return inYear ? ms : Number.NaN;
}
