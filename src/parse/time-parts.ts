import { digitsAt, LAST_MOMENT, monthAt, offsetMinutesAt } from './calendar.ts';
import type { Clock } from './clock.ts';
import { bytesOf, type LineBytes, startsWithAt } from './line-bytes.ts';

/** Reads its part of the time at `from` into the clock; returns where it ends, -1 when it is not there. */
export type TimeReader = (line: LineBytes, from: number, clock: Clock) => number;

type NumberField = 'year' | 'month' | 'day' | 'yearDay' | 'hour' | 'hour12' | 'minute' | 'second';

const LONG_MONTHS = 'January February March April May June July August September October November December';
const LONG_DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday';
const MONTH_NAMES = LONG_MONTHS.split(' ').map(bytesOf);
const DAY_NAMES = LONG_DAYS.split(' ').map(bytesOf);
const HALF_DAYS = ['AM', 'PM', 'am', 'pm'].map(bytesOf);
const ZONE_NAMES = ['UTC', 'GMT'].map(bytesOf);
const MAX_EPOCH_DIGITS = 16;

export const readLongDay = nameOf(DAY_NAMES);
export const readShortDay = nameOf(DAY_NAMES.map((name) => name.subarray(0, 3)));

export function text(literal: string): TimeReader {
  const expected = bytesOf(literal);
  return (line, from) => (startsWithAt(line, from, expected) ? from + expected.length : -1);
}

export function fixed(field: NumberField, count: number): TimeReader {
  return (line, from, clock) => {
    const value = digitsAt(line.bytes, from, count);
    if (Number.isNaN(value)) return -1;
    clock[field] = value;
    return from + count;
  };
}

/** Two places, the first of which may be blank. */
export function padded(field: NumberField): TimeReader {
  const one = fixed(field, 1);
  const two = fixed(field, 2);
  return (line, from, clock) => (line.bytes[from] === 0x20 ? one(line, from + 1, clock) : two(line, from, clock));
}

export function skip(count: number): TimeReader {
  return (line, from) => (Number.isNaN(digitsAt(line.bytes, from, count)) ? -1 : from + count);
}

/** `unitMs`: milliseconds of one unit. */
export function epoch(unitMs: number): TimeReader {
  return (line, from, clock) => {
    const most = Math.min(from + MAX_EPOCH_DIGITS, line.length);
    let end = from;
    while (end < most && !Number.isNaN(digitsAt(line.bytes, end, 1))) end++;
    if (end === from) return -1;
    const value = digitsAt(line.bytes, from, end - from);
    const ms = unitMs < 1 ? Math.floor(value / 1000) : value * unitMs;
    clock.epoch = ms < LAST_MOMENT ? ms : Number.NaN;
    return end;
  };
}

export function fraction(count: number): TimeReader {
  return (line, from, clock) => {
    const value = digitsAt(line.bytes, from, count);
    if (Number.isNaN(value)) return -1;
    clock.fractionMs = Math.floor(value / 10 ** (count - 3));
    return from + count;
  };
}

/** POSIX: 69 to 99 are of the twentieth century, 00 to 68 of the next. */
export function readShortYear(line: LineBytes, from: number, clock: Clock): number {
  const value = digitsAt(line.bytes, from, 2);
  if (Number.isNaN(value)) return -1;
  clock.year = value >= 69 ? 1900 + value : 2000 + value;
  return from + 2;
}

export function readShortMonth(line: LineBytes, from: number, clock: Clock): number {
  const month = monthAt(line.bytes, from);
  if (Number.isNaN(month)) return -1;
  clock.month = month;
  return from + 3;
}

export function readLongMonth(line: LineBytes, from: number, clock: Clock): number {
  const index = MONTH_NAMES.findIndex((name) => startsWithAt(line, from, name));
  if (index < 0) return -1;
  clock.month = index + 1;
  return from + (MONTH_NAMES[index]?.length ?? 0);
}

function nameOf(names: readonly Uint8Array[]): TimeReader {
  return (line, from) => {
    const found = names.find((name) => startsWithAt(line, from, name));
    return found === undefined ? -1 : from + found.length;
  };
}

export function readHalfDay(line: LineBytes, from: number, clock: Clock): number {
  const half = HALF_DAYS.findIndex((name) => startsWithAt(line, from, name));
  if (half < 0) return -1;
  clock.afternoon = half % 2 === 1;
  return from + 2;
}

/** Other names of zones mean different things in different places. */
export function readZoneName(line: LineBytes, from: number, clock: Clock): number {
  if (!ZONE_NAMES.some((name) => startsWithAt(line, from, name))) return -1;
  clock.offsetMinutes = 0;
  return from + 3;
}

export function readOffset(line: LineBytes, from: number, clock: Clock): number {
  const minutes = offsetMinutesAt(line.bytes, from);
  if (Number.isNaN(minutes)) return -1;
  clock.offsetMinutes = minutes;
  return from + 5;
}
