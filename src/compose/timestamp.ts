import { END_OF_TIME } from '../ctim/ctim.ts';

/**
 * Epoch ms as CTIM writes dates. The server refuses dates before 1970 and from 2525 on; a log that claims one gets the
 * nearest date that can be sent, for the sake of the other lines.
 */
export function toTimestamp(ms: number): string {
  if (ms !== latest.ms) latest = { ms, text: new Date(Math.min(Math.max(ms, 0), END_OF_TIME - 1)).toISOString() };
  return latest.text;
}

/** The same time is mostly told several times in a row. */
let latest = { ms: Number.NaN, text: '' };

/** `2025-10-10 13:55:36 UTC`, for people. */
export function toClock(ms: number): string {
  return `${toTimestamp(ms).slice(0, 19).replace('T', ' ')} UTC`;
}

/** `from 2025-10-10 13:55:36 UTC to 13:58:01 UTC`, with the date once when both ends share it; `at ...` for one second. */
export function toSpan(first: number, last: number): string {
  const [start, end] = [toClock(first), toClock(last)];
  if (start === end) return `at ${start}`;
  const day = 'yyyy-mm-dd '.length;
  return `from ${start} to ${start.slice(0, day) === end.slice(0, day) ? end.slice(day) : end}`;
}

/** `28 minutes`, rounded to the largest unit that fits. */
export function toDuration(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ] as const;
  const [name, size] = units.find(([, unit]) => ms >= unit) ?? ['second', 1000];
  return countOf(Math.round(ms / size), name);
}

/** `1 rule`, `2 rules`. */
export function countOf(count: number, noun: string, plural = 's'): string {
  return `${count} ${noun}${count === 1 ? '' : plural}`;
}
