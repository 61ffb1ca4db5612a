/**
 * Ways out for text that an attacker may have written. Each function makes it harmless for one medium and shows what
 * was there, rather than dropping it.
 */

/** C0 and C1 controls, DEL, zero-width, bidi and other format characters, line separators, lone surrogates. */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\u{e0000}-\u{e007f}]/gu;

/** Most text: known at a fraction of what looking for {@link UNSAFE} costs. */
const SAFE = /^[\x20-\x7e]*$/;

/** For a terminal: every character that could move the cursor, colour, hide or reorder text is shown as an escape. */
export function toTerminal(text: string): string {
  if (SAFE.test(text)) return text;
  return text.replace(UNSAFE, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** JSON that is safe to print on a terminal: what {@link toTerminal} would show as an escape is a `\\u` escape here. */
export function toJson(value: unknown, indent?: number): string {
  return escapeJson(JSON.stringify(value, null, indent));
}

/** The same of a value that is JSON already. */
export function escapeJson(json: string): string {
  // ASCII throughout, as most is: known at a fraction of what looking at every character costs.
  if (Buffer.byteLength(json) === json.length && !json.includes('\u007f')) return json;
  return json.replace(JSON_UNSAFE, (char) =>
    Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  );
}

/**
 * As UNSAFE, without the C0 controls and lone surrogates: JSON.stringify has escaped those, but for its own line ends. By
 * code unit, in half the time that code points take.
 */
const JSON_UNSAFE =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/**
 * One Markdown code span (CommonMark 0.31, 6.1) holding `text`: control characters are shown as escapes, so the span
 * stays on its line, and its fence is longer than any run of backticks inside.
 */
export function toMarkdownCode(text: string): string {
  if (text === '') return '` `';
  const shown = toTerminal(text);
  const longest = (shown.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const fence = '`'.repeat(longest + 1);
  const pad = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

const HTML_MARKS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For HTML, in an element or a quoted attribute: markup is shown as text; line ends and tabs stay, other controls do not. */
export function toHtml(text: string): string {
  const shown = text.replace(UNSAFE, (char) => (char === '\n' || char === '\t' ? char : toTerminal(char)));
  return shown.replace(/[&<>"']/g, (char) => HTML_MARKS[char] ?? char);
}
