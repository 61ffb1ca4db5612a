import type { Transform } from 'node:stream';
import split from 'split2';
import type { LogLine } from '../model/line.ts';
import type { LineBounder } from './bound-lines.ts';
import type { Ledger } from './ledger.ts';

export const UTF8_BOM = '\xef\xbb\xbf';
const BLANK = /^[\t\v\f\r ]*$/;

/**
 * A stream from bounded one-byte text to the results of `onLine`, framed by split2. `onLine` runs inside split2's
 * mapper, so that nothing but results costs a hop; what it throws becomes the stream's error.
 */
export function lineFramer<T>(
  ledger: Ledger,
  bounder: LineBounder,
  onLine: (line: LogLine) => T | undefined,
): Transform {
  let offset = 0;
  const frame = (raw: string): T | undefined => {
    let start = offset;
    const elision = bounder.takeElision(start);
    const elided = elision === null ? 0 : elision.bytes;
    offset = start + raw.length + elided + 1;
    const number = ++ledger.lines;
    let text = (elision?.lastByte ?? raw.at(-1)) === '\r' ? raw.slice(0, raw.length - (elided === 0 ? 1 : 0)) : raw;
  };
  return split('\n', frame, { decodeStrings: false });
}
