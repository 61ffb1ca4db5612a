import type { MatchPlace } from '../../detect/detect.ts';

/** Bytes of a line, from `start` to before `end`. */
export interface Bytes {
  readonly start: number;
  readonly end: number;
  /** False when what matched is somewhere among them. */
  readonly isExact: boolean;
}

/** A text made of a line's bytes: unit `i` was written as the line's bytes from `starts[i]` to before `ends[i]`. */
interface Trace {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** What Apache and JSON writers put in place of a byte or a character. */
const LOG_ESCAPE = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(["\\/bnrtvf]))/gi;
const LETTERS: Readonly<Record<string, string>> = { b: '\b', n: '\n', r: '\r', t: '\t', v: '\v', f: '\f' };
/** Bytes that may be one character of UTF-8. */
const UTF8 = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/g;

/** Finds the places of matches in a line as it was logged; null for one whose value the line does not hold as it is. */
export function matchLocator(line: string): (place: MatchPlace) => Bytes | null {
  const trace = undo(undo(traceOf(line), LOG_ESCAPE, unescapeByte), UTF8, readUtf8);
  return (place) => {
    const at = place.source === 'line' ? 0 : findValue(trace.text, place);
    if (at < 0) return null;
    const start = trace.starts[at + place.start] ?? 0;
    const end = trace.ends[at + place.end - 1] ?? line.length;
    return { start, end, isExact: place.isExact };
  };
}

/**
 * Where a value stands in the text of a line; -1 for nowhere, or for several places of which any may be meant. What a
 * client sends is quoted in every usual format, the user agent last.
 */
function findValue(text: string, { source, value }: MatchPlace): number {
  const quoted = `"${value}"`;
  const first = text.indexOf(quoted);
  if (first >= 0 && source !== 'other') return (source === 'user-agent' ? text.lastIndexOf(quoted) : first) + 1;
  for (const edge of [' ', '']) {
    const wanted = edge + value + edge;
    const at = text.indexOf(wanted);
    if (at >= 0 && at === text.lastIndexOf(wanted)) return at + edge.length;
  }
  return -1;
}

function traceOf(text: string): Trace {
  const starts = Array.from(text, (_, index) => index);
  return { text, starts, ends: starts.map((start) => start + 1) };
}

/** The trace with what matches the pattern replaced; each unit of a replacement was written as all that it replaces. */
function undo(trace: Trace, pattern: RegExp, replace: (match: RegExpExecArray) => string): Trace {
  let text = '';
  const starts: number[] = [];
  const ends: number[] = [];
  let from = 0;
  const copyUntil = (to: number): void => {
    text += trace.text.slice(from, to);
    for (let index = from; index < to; index++) {
      starts.push(trace.starts[index] ?? 0);
      ends.push(trace.ends[index] ?? 0);
    }
  };
  for (const match of trace.text.matchAll(pattern)) {
    copyUntil(match.index);
    const [whole] = match;
    from = match.index + whole.length;
    const replacement = replace(match);
    text += replacement;
    for (let unit = 0; unit < replacement.length; unit++) {
      starts.push(trace.starts[match.index] ?? 0);
      ends.push(trace.ends[from - 1] ?? 0);
    }
  }
  copyUntil(trace.text.length);
  return { text, starts, ends };
}

function unescapeByte([, byte, unit, letter = '']: RegExpExecArray): string {
  const hex = byte ?? unit;
  return hex === undefined ? (LETTERS[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16));
}

/** Overlong forms and halves of surrogates are no UTF-8: their bytes stay. */
function readUtf8([bytes]: RegExpExecArray): string {
  const read = Buffer.from(bytes, 'latin1').toString('utf8');
  return Buffer.from(read, 'utf8').toString('latin1') === bytes ? read : bytes;
}
