import { decodeUtf8 } from './utf8.ts';

const MAY_ESCAPE = /[\\\x80-\xff]/;
const ESCAPED = /\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(["\\/bfnrtv]))/g;
const HIGH = /[\x80-\xff]+/g;

const CHARACTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/**
 * A line without the escapes that Apache (`\"`, `\\`, `\xhh`, `\n`; mod_log_config, "Format Notes") or a JSON writer put
 * into it, its bytes read as UTF-8.
 *
 * @param line - one code unit a byte
 */
export function unescapeLine(line: string): string {
  if (!MAY_ESCAPE.test(line)) return line;
  return line
    .replace(ESCAPED, (_, byte?: string, unit?: string, character?: string) => {
      const hex = byte ?? unit;
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      const letter = character ?? '';
      return CHARACTERS[letter] ?? letter;
    })
    .replace(HIGH, (bytes) => decodeUtf8([...bytes].map((byte) => byte.charCodeAt(0))));
}
