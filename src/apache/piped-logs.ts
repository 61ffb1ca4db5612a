import { basename, resolve } from 'node:path';
import { wordsOf } from './words.ts';

/** Digits that a conversion of strftime makes; any other one may be anything. */
const DIGITS: Readonly<Record<string, number>> = {
  Y: 4,
  C: 2,
  y: 2,
  m: 2,
  d: 2,
  H: 2,
  I: 2,
  M: 2,
  S: 2,
  U: 2,
  V: 2,
  W: 2,
  j: 3,
  u: 1,
  w: 1,
};
const COMPOUNDS: Readonly<Record<string, string>> = { F: '%Y-%m-%d', T: '%H:%M:%S', R: '%H:%M', D: '%m/%d/%y' };
const DIGIT = '[0-9]';
/** Options of rotatelogs that take a value. */
const WITH_VALUE = /^-[a-zA-Z]*[Lpn]$/;
/** What a shell would have to take apart. */
const NEEDS_A_SHELL = /[|&;<>`$()]/;

/**
 * A glob for the files that a program behind a pipe writes, in so far as rotatelogs and cronolog name them; null for
 * any other program. Relative paths are the server root's.
 */
export function followedBehind(command: string, serverRoot: string): string | null {
  const words = wordsOf(command);
  if (words[0] === 'exec') words.shift();
  const [program = '', ...given] = words;
  if (given.some((word) => NEEDS_A_SHELL.test(word))) return null;
  switch (basename(program)) {
    case 'rotatelogs':
      return rotatelogsGlob(given, serverRoot);
    case 'cronolog':
      return globOf(given.at(-1), serverRoot);
    default:
      return null;
  }
}

/**
 * Without conversions in its name, a file gets the seconds of its beginning appended. With `-n`, files are overwritten
 * in a circle: their names do not tell what comes after what.
 */
function rotatelogsGlob(given: readonly string[], serverRoot: string): string | null {
  let at = 0;
  let flags = '';
  for (; given[at]?.startsWith('-'); at++) {
    flags += given[at];
    if (WITH_VALUE.test(given[at] ?? '')) at++;
  }
  const file = given[at];
  const glob = globOf(file, serverRoot);
  if (glob === null || flags.includes('n')) return null;
  return file?.includes('%') || flags.includes('t') ? glob : `${glob}.${DIGIT.repeat(10)}`;
}

function globOf(file: string | undefined, serverRoot: string): string | null {
  if (file === undefined) return null;
  const plain = file.replace(/%([FTRD])/g, (_, letter: string) => COMPOUNDS[letter] ?? '');
  const parts = plain.split(/%[-_0^#EO]?([a-zA-Z%])/);
  // What stood between conversions is at even places, their letters are at odd ones.
  const glob = parts.map((part, index) => {
    if (index % 2 === 0) return part.replace(/[*?[]/g, '[$&]');
    const digits = DIGITS[part];
    return part === '%' ? '%' : digits === undefined ? '*' : DIGIT.repeat(digits);
  });
  return resolve(serverRoot, glob.join(''));
}
