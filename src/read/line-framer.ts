import type { Transform } from 'node:stream';
import split from 'split2';
import type { LogLine } from '../model/line.ts';
import type { LineBounder } from './bound-lines.ts';
import { type Framing, rejectTooLong, UTF8_BOM } from './framing.ts';

const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const BLANK = /^[\t\v\f\r ]*$/;

/**
 * A stream from bounded one-byte text to the results of `onLine`, framed by split2. `onLine` runs inside split2's
 * mapper, so that only results cost a hop; what it throws becomes the stream's error. split2's decoder lets strings
 * pass as they are, hence one code unit stays one byte.
 */
export function lineFramer<T>(
  framing: Framing,
  bounder: LineBounder,
  onLine: (line: LogLine) => T | undefined,
): Transform {
  const { source, maxLineBytes, ledger } = framing;
  let nextOffset = 0;

  function frame(raw: string): T | undefined {
    const number = ++ledger.lines;
    const lineOffset = nextOffset;
    const elision = bounder.takeElision(lineOffset);
    const rawLength = raw.length + (elision?.bytes ?? 0);
    nextOffset += rawLength + 1;

    const endsInCr = elision?.endsInCr ?? raw.charCodeAt(raw.length - 1) === CARRIAGE_RETURN;
    const bomLength = lineOffset === 0 && raw.startsWith(UTF8_BOM) ? UTF8_BOM.length : 0;
    const offset = lineOffset + bomLength;
    const length = rawLength - bomLength - (endsInCr ? 1 : 0);
    if (length > maxLineBytes) {
      rejectTooLong(framing, { number, offset, length }, raw.slice(bomLength));
      return undefined;
    }
    const text = length === raw.length ? raw : raw.slice(bomLength, bomLength + length);
    if (isBlank(text)) {
      ledger.skipped++;
      return undefined;
    }
    return onLine({ source, number, offset, length, text });
  }

  return split('\n', frame, { decodeStrings: false });
}

export function isBlank(text: string): boolean {
  return !(text.charCodeAt(0) > SPACE) && BLANK.test(text);
}
