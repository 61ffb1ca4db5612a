/** An escape; group 1 is the two digits of a whole `\xhh`. Each backslash is consumed with what it escapes. */
const ESCAPE = /\\(?:x([\dA-Fa-f]{2})|x[\dA-Fa-f]?|.?)/gs;
const UNFINISHED = /^\\(?:x[\dA-Fa-f]?)?$/;

/**
 * Apache writes bytes as `\xhh` even where its LogFormat spells JSON, which knows no such escape. Gives a function that
 * makes them `\u00hh` in a text that comes in pieces, and holds back an escape that a piece leaves unfinished. An
 * escaped backslash before an `x` stays what it is.
 */
export function escapeLegaliser(): (piece: string) => string {
  let unfinished = '';
  return (piece) => {
    const text = unfinished + piece;
    if (!text.includes('\\')) return text;
    unfinished = '';
    return text.replace(ESCAPE, (sequence: string, hex: string | undefined, start: number) => {
      if (hex !== undefined) return `\\u00${hex}`;
      if (start + sequence.length < text.length || !UNFINISHED.test(sequence)) return sequence;
      unfinished = sequence;
      return '';
    });
  };
}
