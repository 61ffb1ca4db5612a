import { SightlineError } from '../model/errors.ts';
import {
  epoch,
  fixed,
  fraction,
  padded,
  readHalfDay,
  readLongDay,
  readLongMonth,
  readOffset,
  readShortDay,
  readShortMonth,
  readShortYear,
  readZoneName,
  skip,
  type TimeReader,
  text,
} from './time-parts.ts';

/** Conversions that stand for others (POSIX strftime, C locale). */
const COMPOUNDS: Readonly<Record<string, string>> = {
  c: '%a %b %e %H:%M:%S %Y',
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  R: '%H:%M',
  r: '%I:%M:%S %p',
  T: '%H:%M:%S',
  v: '%e-%b-%Y',
  X: '%H:%M:%S',
  x: '%m/%d/%y',
};

const CONVERSIONS: Readonly<Record<string, TimeReader>> = {
  a: readShortDay,
  A: readLongDay,
  b: readShortMonth,
  h: readShortMonth,
  B: readLongMonth,
  d: fixed('day', 2),
  e: padded('day'),
  G: skip(4),
  g: skip(2),
  H: fixed('hour', 2),
  I: fixed('hour12', 2),
  j: fixed('yearDay', 3),
  k: padded('hour'),
  l: padded('hour12'),
  M: fixed('minute', 2),
  m: fixed('month', 2),
  n: text('\n'),
  P: readHalfDay,
  p: readHalfDay,
  S: fixed('second', 2),
  s: epoch(1000),
  t: text('\t'),
  U: skip(2),
  u: skip(1),
  V: skip(2),
  W: skip(2),
  w: skip(1),
  Y: fixed('year', 4),
  y: readShortYear,
  Z: readZoneName,
  z: readOffset,
  '%': text('%'),
};

/** Apache's own names in place of a strftime format. */
const TOKENS: ReadonlyMap<string, TimeReader> = new Map([
  ['sec', epoch(1000)],
  ['msec', epoch(1)],
  ['usec', epoch(0.001)],
  ['msec_frac', fraction(3)],
  ['usec_frac', fraction(6)],
]);

/**
 * Compiles what stands in the braces of `%{...}t`: one of Apache's tokens or a strftime format of the C locale.
 * @throws SightlineError `bad-log-format` for a conversion that is unknown or can not be read back.
 */
export function timeReader(format: string): TimeReader {
  return TOKENS.get(format) ?? sequence(compile(format));
}

function compile(format: string): TimeReader[] {
  const readers: TimeReader[] = [];
  for (let at = 0; at < format.length; at++) {
    const char = format.charAt(at);
    if (char !== '%') {
      readers.push(text(char));
      continue;
    }
    at++;
    // E and O ask for the locale's other digits, and the C locale has none.
    if ((format[at] === 'E' || format[at] === 'O') && at + 1 < format.length) at++;
    readers.push(...conversion(format.charAt(at), format));
  }
  return readers;
}

function conversion(letter: string, format: string): TimeReader[] {
  const compound = COMPOUNDS[letter];
  if (compound !== undefined) return compile(compound);
  const reader = CONVERSIONS[letter];
  if (reader !== undefined) return [reader];
  throw new SightlineError(
    'bad-log-format',
    `"%${letter}" in the time format "${format}" is not one of ${Object.keys({ ...CONVERSIONS, ...COMPOUNDS }).join(' ')}`,
  );
}

function sequence(readers: readonly TimeReader[]): TimeReader {
  return (line, from, clock) => {
    let at = from;
    for (const read of readers) {
      at = read(line, at, clock);
      if (at < 0) return -1;
    }
    return at;
  };
}
