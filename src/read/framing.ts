import type { LogLine } from '../model/line.ts';
import { ownText } from '../model/own-text.ts';
import type { Reject } from '../model/reject.ts';

/** Three bytes that some editors put before UTF-8 text, as one-byte text. */
export const UTF8_BOM = '\xef\xbb\xbf';

/** A too long line keeps this much of its text. */
const EXCERPT_BYTES = 1024;

/** What every way of framing is told. */
export interface Framing {
  /** Name of the source. */
  readonly source: string;
  readonly maxLineBytes: number;
  readonly onReject: (reject: Reject) => void;
  readonly ledger: Ledger;
}

/** Every line is an entry's or a reject's (`onLine`, `onReject`), or is skipped. */
export interface Ledger {
  lines: number;
  skipped: number;
}

/** `start` holds the line's first bytes, of which no more than an excerpt is kept: a copy, not to hold the chunk. */
export function rejectTooLong(framing: Framing, line: Omit<LogLine, 'source' | 'text'>, start: string): void {
  const excerpt = start.slice(0, Math.min(EXCERPT_BYTES, framing.maxLineBytes));
  const text = ownText(excerpt);
  framing.onReject({ line: { source: framing.source, ...line, text }, code: 'too-long' });
}
