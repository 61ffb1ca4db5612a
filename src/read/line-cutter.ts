import type { LogLine } from '../model/line.ts';
import type { LineBounder } from './bound-lines.ts';
import { type Framing, rejectTooLong, UTF8_BOM } from './framing.ts';

const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const BLANK = /^[\t\v\f\r ]*$/;

export interface LineCutter {
  /** The line of what stood between two newlines; undefined if it was rejected or skipped. */
  cut(raw: string): LogLine | undefined;
  /** Counts a line that somebody else has taken, of so many bytes. */
  pass(bytes: number): void;
  /** Lines so far. */
  readonly lines: number;
  /** Offset of the first byte after the newline of the last line. */
  readonly nextOffset: number;
}

/** What becomes of the bytes between newlines, wherever they come from. Bounder and cutter start at the same offset. */
export function lineCutter(framing: Framing, bounder: Pick<LineBounder, 'takeElision'>, startOffset = 0): LineCutter {
  const { source, maxLineBytes, ledger } = framing;
  let nextOffset = startOffset;

  return {
    cut(raw) {
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
      return { source, number, offset, length, text };
    },
    pass(bytes) {
      ledger.lines++;
      nextOffset += bytes + 1;
    },
    get lines() {
      return ledger.lines;
    },
    get nextOffset() {
      return nextOffset;
    },
  };
}

export function isBlank(text: string): boolean {
  return !(text.charCodeAt(0) > SPACE) && BLANK.test(text);
}
