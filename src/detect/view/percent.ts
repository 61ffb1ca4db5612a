import { decodeUtf8 } from './utf8.ts';

const PERCENT = 0x25;

/**
 * Undoes percent-encoding once (RFC 3986, 2.1). Runs of escapes are read as UTF-8; a byte that is not valid UTF-8 stays as
 * the code unit of the same value, and a `%` without two hexadecimal digits stays as it is.
 *
 * @param plusIsSpace - whether `+` stands for a space, as in the query of a form (WHATWG URL, urlencoded parsing)
 * @returns the same string when nothing was encoded
 */
export function decodePercent(text: string, plusIsSpace: boolean): string {
  const plain = plusIsSpace ? text.replaceAll('+', ' ') : text;
  let mark = plain.indexOf('%');
  if (mark < 0) return plain;
  let decoded = '';
  let copied = 0;
  const bytes: number[] = [];
  while (mark >= 0) {
    let end = mark;
    bytes.length = 0;
    while (plain.charCodeAt(end) === PERCENT) {
      const byte = hexByte(plain, end + 1);
      if (byte < 0) break;
      bytes.push(byte);
      end += 3;
    }
    if (end > mark) {
      decoded += plain.slice(copied, mark) + decodeUtf8(bytes);
      copied = end;
    } else {
      end += 1;
    }
    mark = plain.indexOf('%', end);
  }
  return copied === 0 ? plain : decoded + plain.slice(copied);
}

function hexByte(text: string, at: number): number {
  const high = hexDigit(text.charCodeAt(at));
  const low = hexDigit(text.charCodeAt(at + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** @returns 0 to 15, or -1 when the code unit (or NaN, past the end) is no hexadecimal digit. */
function hexDigit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
