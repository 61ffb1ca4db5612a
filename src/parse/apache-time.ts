import { digitsAt, epochMs, monthAt, offsetMinutesAt } from './calendar.ts';

/** Length of `10/Oct/2025:13:55:36 -0700`, what Apache writes between the brackets of `%t`. */
export const STAMP_LENGTH = 26;

const SLASH = 0x2f;
const COLON = 0x3a;
const SPACE = 0x20;

/** The stamp read last and its time: busy servers write many lines in one second. */
export interface StampCache {
  readonly stamp: Uint8Array;
  time: number;
}

export function newStampCache(): StampCache {
  return { stamp: new Uint8Array(STAMP_LENGTH), time: Number.NaN };
}

/** Epoch milliseconds of the stamp at `from`; NaN when it is none or names no moment. */
export function stampAt(cache: StampCache, bytes: Uint8Array, from: number): number {
  const { stamp } = cache;
  // From the end, because the seconds differ first.
  let same = STAMP_LENGTH - 1;
  while (same >= 0 && bytes[from + same] === stamp[same]) same--;
  if (same < 0) return cache.time;
  for (let index = 0; index < STAMP_LENGTH; index++) stamp[index] = bytes[from + index] ?? 0;
  cache.time = readStamp(stamp, 0);
  return cache.time;
}

/** `dd/Mon/yyyy:hh:mm:ss +hhmm` */
export function readStamp(bytes: Uint8Array, from: number): number {
  if (bytes[from + 2] !== SLASH || bytes[from + 6] !== SLASH || bytes[from + 20] !== SPACE) return Number.NaN;
  if (bytes[from + 11] !== COLON || bytes[from + 14] !== COLON || bytes[from + 17] !== COLON) return Number.NaN;
  const local = epochMs(
    digitsAt(bytes, from + 7, 4),
    monthAt(bytes, from + 3),
    digitsAt(bytes, from, 2),
    digitsAt(bytes, from + 12, 2),
    digitsAt(bytes, from + 15, 2),
    digitsAt(bytes, from + 18, 2),
  );
  return local - offsetMinutesAt(bytes, from + 21) * 60_000;
}
