/** A word in quotation marks may lack the second one, at the end of the line. */
const WORD = /\s*(?:"((?:[^"\\]|\\.)*)(?:"|\\?$)|'((?:[^'\\]|\\.)*)(?:'|\\?$)|(\S+))/sy;

/** The words of a line as Apache takes them apart: a backslash stands before a quotation mark or another backslash. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  WORD.lastIndex = 0;
  for (let match = WORD.exec(text); match !== null; match = WORD.exec(text)) {
    const [, double, single, bare = ''] = match;
    if (double !== undefined) words.push(double.replace(/\\(["\\])/g, '$1'));
    else if (single !== undefined) words.push(single.replace(/\\(['\\])/g, '$1'));
    else words.push(bare.replaceAll('\\\\', '\\'));
  }
  return words;
}
