import type { ItemExplanation } from '../../detect/detect.ts';
import type { AccessLogEntry } from '../../model/entry.ts';

/** Bytes of a line, from `start` to before `end`. */
export interface Bytes {
  readonly start: number;
  readonly end: number;
}

/** A text made of a line's bytes: unit `i` was written as the line's bytes from `starts[i]` to before `ends[i]`. */
interface Trace {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** What is undone to find a text again, one after the other: the log's escapes, then each layer of percent-encoding. */
const LOG_ESCAPE = /\\(?:x([0-9a-f]{2})|(["\\/bnrtvf]))/gi;
const PERCENT_ESCAPE = /%([0-9a-f]{2})/gi;
const MAX_PERCENT_LAYERS = 6;
const LETTERS: Readonly<Record<string, string>> = { b: '\b', n: '\n', r: '\r', t: '\t', v: '\v', f: '\f' };

/**
 * Finds what an item matched in the line as it was logged. Null where no text matched, or where the text is too far from
 * what was logged: entities, comments inside, base64.
 */
export function locateMatch(entry: AccessLogEntry, { field, text }: ItemExplanation): Bytes | null {
  if (text === null || text === '') return null;
  const line = undo(traceOf(entry.line.text), LOG_ESCAPE);
  if (field === 'keywords' || field === 'x-line') return findBelow(line, text);
  for (const value of valuesOf(entry, field)) {
    // Referer and user agent stand behind the request in every usual format, and a request may hold the same text.
    const at = findText(line, value, value === entry.referer || value === entry.userAgent ? 'last' : 'first');
    const found = at === null ? null : findBelow(cut(line, at), text);
    if (found !== null) return found;
  }
  return null;
}

/** Finds a text in a trace, or in what comes out when its layers of percent-encoding are undone. */
function findBelow(outer: Trace, text: string): Bytes | null {
  let trace = outer;
  for (let layer = 0; layer <= MAX_PERCENT_LAYERS; layer++) {
    const at = findText(trace, text, 'first');
    if (at !== null) return { start: trace.starts[at.start] ?? 0, end: trace.ends[at.end - 1] ?? 0 };
    const next = undo(trace, PERCENT_ESCAPE);
    if (next.text.length === trace.text.length) return null;
    trace = next;
  }
  return null;
}

/** Where in the trace's text a text stands, in any case; a byte that is not valid UTF-8 is a unit of the same value. */
function findText({ text }: Trace, wanted: string, which: 'first' | 'last'): Bytes | null {
  const searchable = toSearchable(text);
  for (const needle of [toSearchable(Buffer.from(wanted, 'utf8').toString('latin1')), toSearchable(wanted)]) {
    const start = which === 'last' ? searchable.lastIndexOf(needle) : searchable.indexOf(needle);
    if (start >= 0) return { start, end: start + needle.length };
  }
  return null;
}

/** A plus sign in a query stands for a space. */
function toSearchable(text: string): string {
  return text.toLowerCase().replaceAll('+', ' ');
}

function traceOf(text: string): Trace {
  const starts = Array.from(text, (_, index) => index);
  return { text, starts, ends: starts.map((start) => start + 1) };
}

function cut({ text, starts, ends }: Trace, { start, end }: Bytes): Trace {
  return { text: text.slice(start, end), starts: starts.slice(start, end), ends: ends.slice(start, end) };
}

/** The trace with each escape of that kind turned into the one byte that it stands for. */
function undo(trace: Trace, pattern: RegExp): Trace {
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
    const [whole, hex, letter = ''] = match;
    from = match.index + whole.length;
    text += hex === undefined ? (LETTERS[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16));
    starts.push(trace.starts[match.index] ?? 0);
    ends.push(trace.ends[from - 1] ?? 0);
  }
  copyUntil(trace.text.length);
  return { text, starts, ends };
}

/** What the log holds a field's values in. */
function valuesOf(entry: AccessLogEntry, field: string): readonly string[] {
  const { request, query, referer, userAgent, user, host, extra } = entry;
  const values = (() => {
    switch (field) {
      case 'cs-referer':
        return [referer];
      case 'cs-user-agent':
        return [userAgent];
      case 'cs-username':
        return [user];
      case 'cs-host':
        return [host];
      case 'x-query-name':
      case 'x-query-value':
        return [query];
      case 'x-input':
        return [request, referer, userAgent];
      default:
        return [extra?.[field] ?? request];
    }
  })();
  return values.filter((value) => value !== null);
}
