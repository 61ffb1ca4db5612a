import { toMarkdownCode, toTerminal } from '../escape/escape.ts';

/**
 * Text on its way into an entity. Everything is shortened after it was neutralised, so that the result's length is
 * bounded whatever the text was made of.
 */

/** ASCII, as nearly all else in a bundle: one character beyond Latin-1 would double the memory of all that is made of it. */
const ELLIPSIS = '...';

/** At most `maxUnits` UTF-16 units, 4 or more, never half a character; what was cut shows as an ellipsis. */
export function cut(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text;
  const end = maxUnits - ELLIPSIS.length;
  const last = text.charCodeAt(end - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? end - 1 : end) + ELLIPSIS;
}

/** For a field of plain text, on one line. */
export function plain(text: string, maxUnits: number): string {
  return cut(toTerminal(text), maxUnits);
}

/** Makes the URLs in a text unfit to be followed by accident: `hxxp://evil[.]example/x`. */
export function defang(text: string): string {
  return text.replace(
    /\b([a-z][a-z0-9+.-]{0,15}):\/\/([^\s/?#"'`<>&=,;|(){}]*)/gi,
    (_, scheme: string, host: string) => `${scheme.replace(/^h(tt)/i, 'hxx')}://${host.replaceAll('.', '[.]')}`,
  );
}

/** For Markdown: text from a log, as a code span of at most `3 * maxUnits + 4` units. */
export function code(text: string, maxUnits: number): string {
  return toMarkdownCode(cut(toTerminal(defang(text)), maxUnits));
}

/**
 * For Markdown: text that a person wrote in a rule, as words on one line without markup, fit to begin a paragraph; at
 * most `2 * maxUnits + 1` units.
 */
export function prose(text: string, maxUnits: number): string {
  const words = text.replace(/\s+/g, ' ').trim();
  return cut(toTerminal(defang(words)), maxUnits)
    .replace(/[\\`*_{}[\]<>#!|~&]/g, '\\$&')
    .replace(/^(\d*)([-+=.)])/, '$1\\$2');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const BEYOND_ASCII = /[\x80-\xff]/;

/** A logged line is one byte a code unit: as text where its bytes are UTF-8, else as it stands. */
export function decodeLine(bytes: string): string {
  if (!BEYOND_ASCII.test(bytes)) return bytes;
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return bytes;
  }
}
