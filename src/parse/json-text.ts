import { decodeBytes } from './unescape.ts';

const KEPT_ESCAPES = '"\\/bfnrt';
const HEX_PAIR = /^[0-9a-f]{2}$/i;
const HEX_QUAD = /^[0-9a-f]{4}$/i;

/**
 * The object that a line of one-byte text holds; null when it is no JSON object. What Apache's own escapes spoil
 * (`\xhh`, `\v`), and control characters as they are, is mended; only lines that do not parse pay for that.
 */
export function parseJsonLine(text: string): Readonly<Record<string, unknown>> | null {
  const value = parseOrUndefined(decodeBytes(text)) ?? parseOrUndefined(decodeBytes(mendJson(text)));
  return isObject(value) ? value : null;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Hostile or foreign text: the caller's answer to it is a reject.
    return undefined;
  }
}

/** One pass: outside strings nothing changes, so that what is no JSON stays none. */
function mendJson(text: string): string {
  let mended = '';
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') inString = !inString;
    if (inString && char === '\\') {
      const { json, length } = mendEscape(text, at);
      mended += json;
      at += length - 1;
    } else mended += inString && char < ' ' ? unicodeEscape(char.charCodeAt(0)) : char;
  }
  return mended;
}

/** The escape at `at` as JSON has it, and how many characters it takes up. */
function mendEscape(text: string, at: number): { json: string; length: number } {
  const letter = text.charAt(at + 1);
  const pair = text.slice(at + 2, at + 4);
  if (letter !== '' && KEPT_ESCAPES.includes(letter)) return { json: `\\${letter}`, length: 2 };
  if (letter === 'u' && HEX_QUAD.test(text.slice(at + 2, at + 6))) return { json: '\\u', length: 2 };
  if (letter === 'v') return { json: '\\u000b', length: 2 };
  if (letter === 'x' && HEX_PAIR.test(pair)) return { json: jsonOfByte(Number.parseInt(pair, 16)), length: 4 };
  return { json: '\\\\', length: 1 };
}

/** Bytes above 0x7f stay bytes: they are decoded together with those around them. */
function jsonOfByte(byte: number): string {
  const char = String.fromCharCode(byte);
  return char < ' ' || char === '"' || char === '\\' ? unicodeEscape(byte) : char;
}

function unicodeEscape(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
