import { isUtf8 } from 'node:buffer';

const ESCAPE = /\\(?:x([0-9A-Fa-f]{2})|(["\\bnrtvf]))/g;
const BYTES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  f: '\f',
};

/**
 * The text that a logged value stands for: the escapes of Apache's `ap_escape_logitem` undone, then the bytes decoded.
 * A backslash that begins no such escape stays.
 */
export function decodeValue(text: string): string {
  return decodeBytes(text.includes('\\') ? undoEscapes(text) : text);
}

function undoEscapes(text: string): string {
  return text.replace(ESCAPE, (_, hex: string | undefined, letter: string) =>
    hex === undefined ? (BYTES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** UTF-8 out of one-byte text; a byte that is part of no valid sequence stays as the code unit of the same value. */
export function decodeBytes(text: string): string {
  if (isAscii(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : decodeLeniently(bytes);
}

/** In UTF-8 a byte above 0x7f takes two; counting them is several times faster than looking for one. */
export function isAscii(text: string): boolean {
  return Buffer.byteLength(text, 'utf8') === text.length;
}

function decodeLeniently(bytes: Buffer): string {
  let decoded = '';
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    decoded += bytes.toString(length === 1 ? 'latin1' : 'utf8', at, at + length);
    at += length;
  }
  return decoded;
}

/** Length of the valid UTF-8 sequence at `at`, 1 for a byte that begins none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return length > 1 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 1;
}
