const MAY_SQUEEZE = /[\0-\x08\x0e-\x1f\x7f\xad\u200b-\u200f\u2060\ufeff]|\/\*|\/\.?\/|\s\s|(?:#|--).{0,200}\n/;
const INVISIBLE = /[\0-\x08\x0e-\x1f\x7f\xad\u200b-\u200f\u2060\ufeff]+/g;
/** A scheme's `://` stays. */
const SLASHES = /(?<!:)\/(?:\.?\/)+/g;
const SPACES = /\s{2,}/g;
const LINE_COMMENTS = /(?:#|--)[^\n]*\n/g;
const VERSION = /^!\d{0,6}/;

/**
 * Takes away what parsers skip: NUL and other invisible characters, block comments (MySQL's `/*!50000 ... *\/` keeps its
 * content, which is executed), SQL's comments to the end of a line where text follows, runs of white space, runs of slashes
 * and `/./`. Linear.
 *
 * @returns the same string when there was nothing to take away
 */
export function squeezeText(text: string): string {
  if (!MAY_SQUEEZE.test(text)) return text;
  return replaceLineComments(replaceComments(text.replace(INVISIBLE, '')))
    .replace(SPACES, ' ')
    .replace(SLASHES, '/');
}

/** A comment separates words, so it becomes a space. */
function replaceComments(text: string): string {
  let result = '';
  let copied = 0;
  for (let open = text.indexOf('/*'); open >= 0; open = text.indexOf('/*', copied)) {
    const close = text.indexOf('*/', open + 2);
    if (close < 0) break;
    const comment = text.slice(open + 2, close);
    const executed = comment.startsWith('!') ? `${comment.replace(VERSION, '')} ` : '';
    result += `${text.slice(copied, open)} ${executed}`;
    copied = close + 2;
  }
  return result + text.slice(copied);
}

/** Only as far as the last line break, so that each mark of a comment finds the end of its line. */
function replaceLineComments(text: string): string {
  const end = text.lastIndexOf('\n') + 1;
  return end === 0 ? text : text.slice(0, end).replace(LINE_COMMENTS, ' ') + text.slice(end);
}
