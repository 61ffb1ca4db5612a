/** Character classes over UTF-16 code units. The end of a text is NaN, which belongs to no class. */

/** White space as the languages of injections see it: control characters up to the blank, and no-break space. */
export function isSpace(code: number): boolean {
  return code <= 32 || code === 160;
}

/** All white space but the blank: in log lines seldom enough for a needle. */
export const RARE_SPACES: readonly string[] = [...Array(32).keys(), 160].map((code) => String.fromCharCode(code));

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** ASCII letters. */
export function isLetter(code: number): boolean {
  const lower = code | 32;
  return lower >= 97 && lower <= 122;
}

/** Letters, digits, underscore, and everything beyond ASCII but the no-break space. */
export function isWord(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 95 || (code > 127 && code !== 160);
}

const ODD_LETTER = /[\u0130\u0131\u017f\u212a]/;
const UPPERS = /[A-Z\u0130\u0131\u017f\u212a]/g;

/** Lower case of the same length (`toLowerCase` may lengthen), with the letters that browsers fold to ASCII: dotless i, long s, Kelvin. */
export function toLower(text: string): string {
  return ODD_LETTER.test(text) ? text.replace(UPPERS, lowerOf) : text.toLowerCase();
}

function lowerOf(letter: string): string {
  if (letter === '\u017f') return 's';
  if (letter === '\u212a') return 'k';
  if (letter === '\u0130' || letter === '\u0131') return 'i';
  return letter.toLowerCase();
}

/** First index at or after `from` whose character is not white space. */
export function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** First index at or after `from` whose character is no part of a word. */
export function skipWord(text: string, from: number): number {
  let at = from;
  while (isWord(text.charCodeAt(at))) at += 1;
  return at;
}
