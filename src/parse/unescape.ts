import { isUtf8 } from 'node:buffer';

const ESCAPE = /\\(?:x([0-9A-Fa-f]{2})|(["\\bnrtvf]))/g;
/** Runs of well-formed sequences of two to four bytes (Unicode 16, table 3-7). */
const SEQUENCES =
  /(?:[\xc2-\xdf][\x80-\xbf]|(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2}){1,64}/g;
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
  return isUtf8(bytes) ? bytes.toString('utf8') : decodeLeniently(text);
}

/** In UTF-8 a byte above 0x7f takes two; counting them is several times faster than looking for one. */
export function isAscii(text: string): boolean {
  return Buffer.byteLength(text, 'utf8') === text.length;
}

function decodeLeniently(text: string): string {
  return text.replace(SEQUENCES, (run) => Buffer.from(run, 'latin1').toString('utf8'));
}
