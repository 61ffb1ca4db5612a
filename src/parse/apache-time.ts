import { digitsAt, epochMs, monthAt, offsetMinutesAt } from './calendar.ts';

/** Length of `10/Oct/2025:13:55:36 -0700`, what Apache writes between the brackets of `%t`. */
export const STAMP_LENGTH = 26;

/** Epoch milliseconds of the stamp at `from`; NaN when it is none or names no moment. */
export type StampReader = (text: string, from: number) => number;

/** Reads stamps, and remembers the last: busy servers write many lines in one second. */
export function stampReader(): StampReader {
  let lastStamp = '';
  let lastTime = Number.NaN;
  return (text, from) => {
    const stamp = text.slice(from, from + STAMP_LENGTH);
    if (stamp === lastStamp) return lastTime;
    const time = readStamp(stamp);
    // The slice would keep its whole line alive, but only one at a time.
    lastStamp = stamp;
    lastTime = time;
    return time;
  };
}

/** `dd/Mon/yyyy:hh:mm:ss +hhmm` */
function readStamp(stamp: string): number {
  if (stamp.length !== STAMP_LENGTH) return Number.NaN;
  if (stamp[2] !== '/' || stamp[6] !== '/' || stamp[11] !== ':' || stamp[14] !== ':' || stamp[17] !== ':') {
    return Number.NaN;
  }
  if (stamp[20] !== ' ') return Number.NaN;
  const local = epochMs(
    digitsAt(stamp, 7, 4),
    monthAt(stamp, 3),
    digitsAt(stamp, 0, 2),
    digitsAt(stamp, 12, 2),
    digitsAt(stamp, 15, 2),
    digitsAt(stamp, 18, 2),
  );
  return local - offsetMinutesAt(stamp, 21) * 60_000;
}
