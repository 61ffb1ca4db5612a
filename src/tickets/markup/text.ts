import { toTerminal } from '../../escape/escape.ts';
import type { Span, Spans } from '../document.ts';

/** On one line, with what a terminal or a mail header would obey shown as escapes. */
export function lineOf(text: string): string {
  return inlineOf(text).trim();
}

/** As {@link lineOf}, with a space kept at either end: a part of a line. */
export function inlineOf(text: string): string {
  return toTerminal(text.replace(/[\t-\r ]+/g, ' '));
}

/** As {@link lineOf}, cut to `maxBytes` of UTF-8, for titles. */
export function titleOf(text: string, maxBytes: number): string {
  const line = lineOf(text);
  const bytes = Buffer.from(line);
  if (bytes.length <= maxBytes) return line;
  // A character that was cut in two comes out as U+FFFD.
  return `${bytes
    .subarray(0, maxBytes - ELLIPSIS_BYTES)
    .toString('utf8')
    .replace(/\ufffd$/, '')}…`;
}

const ELLIPSIS_BYTES = 3;

/** Line by line, with what a terminal would obey shown as escapes; tabs become spaces. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/).map((line) => toTerminal(line.replaceAll('\t', '    ')));
}

export function spansOf(spans: Spans): readonly Span[] {
  return typeof spans === 'string' ? [spans] : spans;
}

/** The address of a link in characters that no markup takes for its own; null when it is no http or https URL. */
export function addressOf(link: string): string | null {
  // The URL parser would mend spaces and controls; what needs mending is no address.
  const url = /[\s\u0000-\u001f]/.test(link) ? null : URL.parse(link);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  return url.href.replace(/[^\w\-.~:/?#&=%]/g, (char) => {
    const code = char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
    return `%${code}`; // The URL parser has left nothing but ASCII.
  });
}
