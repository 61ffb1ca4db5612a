import { isAscii } from './unescape.ts';

/**
 * A line as text and as bytes: cutting and searching are fastest in the string, looking at single bytes is several times
 * faster in an array. One is made for each parser and filled again for each line.
 */
export interface LineBytes {
  text: string;
  bytes: Buffer;
  length: number;
  /** True when no value of the line needs decoding: there is no backslash and no byte above 0x7f. */
  plain: boolean;
}

const FIRST_SIZE = 8192;

export function newLineBytes(): LineBytes {
  return { text: '', bytes: Buffer.allocUnsafeSlow(FIRST_SIZE), length: 0, plain: true };
}

/** `text` has one byte a code unit. */
export function fillLineBytes(line: LineBytes, text: string): void {
  if (text.length > line.bytes.length) line.bytes = Buffer.allocUnsafeSlow(text.length * 2);
  line.text = text;
  line.length = line.bytes.write(text, 0, 'latin1');
  line.plain = isAscii(text) && !text.includes('\\');
}

/** Text of a format as the bytes that it is in the log. */
export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'utf8'));
}

export function startsWithAt(line: LineBytes, at: number, expected: Uint8Array): boolean {
  const count = expected.length;
  if (at + count > line.length) return false;
  for (let index = 0; index < count; index++) {
    if (line.bytes[at + index] !== expected[index]) return false;
  }
  return true;
}
