import { readStamp, STAMP_LENGTH } from './apache-time.ts';
import { epochMs, LAST_MOMENT } from './calendar.ts';

const ISO_8601 =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)? ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/i;
const OFFSET = /^([+-])(\d\d):?(\d\d)?$/;
const NUMBER = /^\d{1,19}(?:\.\d{1,9})?$/;
const MAX_TIME_LENGTH = 48;
/** Below these an epoch is in seconds, milliseconds and microseconds: each is beyond the year 5000 in its unit. */
const MAX_SECONDS = 1e11;
const MAX_MILLISECONDS = 1e14;
const MAX_MICROSECONDS = 1e17;

/**
 * Epoch milliseconds of a time as JSON logs have it: ISO 8601, Apache's own with or without brackets, or an epoch in
 * seconds, milliseconds, microseconds or nanoseconds, told apart by their size, as number or text. Without a zone it is
 * UTC. NaN for anything else.
 */
export function readJsonTime(value: unknown): number {
  if (typeof value === 'number') return fromEpoch(value);
  if (typeof value !== 'string' || value.length > MAX_TIME_LENGTH) return Number.NaN;
  const iso = ISO_8601.exec(value);
  if (iso !== null) return fromIso(iso);
  if (NUMBER.test(value)) return fromEpoch(Number(value));
  const stamp = value.startsWith('[') && value.endsWith(']') ? value.slice(1, -1) : value;
  return stamp.length === STAMP_LENGTH ? readStamp(Buffer.from(stamp, 'latin1'), 0) : Number.NaN;
}

function fromIso([
  ,
  year,
  month,
  day,
  hour,
  minute,
  second = '0',
  fraction = '0',
  zone = 'Z',
]: RegExpExecArray): number {
  const time = epochMs(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second));
  return time + Math.floor(Number(`0.${fraction}`) * 1000) - offsetMs(zone);
}

function offsetMs(zone: string): number {
  const offset = OFFSET.exec(zone);
  if (offset === null) return 0;
  const [, sign, hours, minutes = '0'] = offset;
  if (Number(hours) > 23 || Number(minutes) > 59) return Number.NaN;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function fromEpoch(value: number): number {
  const ms =
    value < MAX_SECONDS
      ? value * 1000
      : value < MAX_MILLISECONDS
        ? value
        : value < MAX_MICROSECONDS
          ? value / 1000
          : value / 1e6;
  return ms >= 0 && ms < LAST_MOMENT ? Math.floor(ms) : Number.NaN;
}
