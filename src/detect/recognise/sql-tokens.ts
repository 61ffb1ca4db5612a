import { isDigit, isLetter, isSpace, isWord, toLower } from './characters.ts';
import { GLUED_WORDS } from './sql-words.ts';

/* Over 200 lines: the states of one tokeniser, which are read together. */

/** `break`: the quote that ends the string around the input; `open`: a string that runs off the end. */
type SqlKind = 'number' | 'string' | 'open' | 'break' | 'word' | 'name' | 'variable' | 'operator' | 'mark' | 'comment';

export interface SqlToken {
  readonly kind: SqlKind;
  /** Lower case; of strings what is between the quotes; of comments what follows the marker. */
  readonly word: string;
  readonly start: number;
  readonly end: number;
  /** White space, a comment or nothing of the text stood before it. */
  readonly spaced: boolean;
}

export interface SqlText {
  readonly tokens: readonly SqlToken[];
  /** For a token `(`, the index of its `)`; the number of tokens when there is none. Other entries are 0. */
  readonly closes: Int32Array;
  /** Start of a comment that some servers execute (MySQL's and MariaDB's), or -1. */
  readonly executedComment: number;
}

const OPERATORS = new Set([
  '<=>',
  '->>',
  '&&',
  '||',
  '<>',
  '!=',
  '<=',
  '>=',
  '==',
  '::',
  ':=',
  '<<',
  '>>',
  '->',
  '=~',
  '@>',
  '<@',
  '!<',
  '!>',
  '~*',
  '^=',
]);
const OPERATOR_CHARS = '=<>!+-*/%^~|&:';
/** How far a line break may be from `--` glued to a word, for that to be a comment all the same. */
const MAX_LABEL = 64;
const EXECUTED_COMMENT = /^\/\*m?![0-9]*/i;

/**
 * Reads a text as SQL: as it stands, or, with `quote`, as what continues a string of that quote.
 * Comments vanish except one that ends the text; backslashes do not escape, as they do not in most databases.
 */
export function tokeniseSql(text: string, quote: '' | "'" | '"'): SqlText {
  const tokens: SqlToken[] = [];
  const lower = toLower(text);
  const size = lower.length;
  let at = 0;
  let spaced = true;
  let executedComment = -1;
  let trailing: SqlToken | null = null;
  const push = (kind: SqlKind, word: string, start: number, end: number): void => {
    trailing = null;
    tokens.push({ kind, word, start, end, spaced });
    spaced = false;
    at = end;
  };
  if (quote !== '') {
    const end = lower.indexOf(quote);
    push('break', lower.slice(0, end), 0, end + 1);
  }
  while (at < size) {
    const code = lower.charCodeAt(at);
    const next = lower.charCodeAt(at + 1);
    if (isSpace(code)) {
      spaced = true;
      at += 1;
      continue;
    }
    if (code === 47 && next === 42) {
      const executed = EXECUTED_COMMENT.exec(lower.slice(at, at + 12));
      if (executed !== null) {
        if (executedComment < 0) executedComment = at;
        at += executed[0].length;
      } else {
        const end = lower.indexOf('*/', at + 2);
        trailing = {
          kind: 'comment',
          word: end < 0 ? lower.slice(at + 2) : '',
          start: at,
          end: end < 0 ? size : end + 2,
          spaced,
        };
        at = trailing.end;
      }
      spaced = true;
      continue;
    }
    if (code === 42 && next === 47) {
      spaced = true;
      at += 2;
      continue;
    }
    if (startsLineComment(lower, at, code, next, tokens.at(-1))) {
      const line = lower.indexOf('\n', at);
      const end = line < 0 ? size : line;
      trailing = { kind: 'comment', word: lower.slice(at + (code === 35 ? 1 : 2), end), start: at, end, spaced };
      at = end;
      spaced = true;
      continue;
    }
    if (code === 39 || code === 34) {
      const end = findStringEnd(lower, at, code);
      if (end < 0) push('open', lower.slice(at + 1), at, size);
      else push('string', lower.slice(at + 1, end), at, end + 1);
    } else if (code === 96) {
      const end = lower.indexOf('`', at + 1);
      if (end < 0) push('mark', '`', at, at + 1);
      else push('name', lower.slice(at + 1, end), at, end + 1);
    } else if (isDigit(code) || (code === 46 && isDigit(next))) {
      readNumber(lower, at, push);
    } else if (code === 64 || (code === 36 && next === 36)) {
      readVariable(lower, at, push);
    } else if (isLetter(code) || code === 95 || code > 127) {
      const end = findNameEnd(lower, at);
      push('word', lower.slice(at, end), at, end);
    } else if (OPERATOR_CHARS.includes(lower[at] ?? '')) {
      const length = OPERATORS.has(lower.slice(at, at + 3)) ? 3 : OPERATORS.has(lower.slice(at, at + 2)) ? 2 : 1;
      push('operator', lower.slice(at, at + length), at, at + length);
    } else {
      push('mark', lower.charAt(at), at, at + 1);
    }
  }
  if (trailing !== null) tokens.push(trailing);
  return { tokens, closes: findCloses(tokens), executedComment };
}

/** `--` unless it joins two words or ends HTML's comment; `#` unless it belongs to a word or a number sign. */
function startsLineComment(
  text: string,
  at: number,
  code: number,
  next: number,
  before: SqlToken | undefined,
): boolean {
  if (code === 35) return !isLetter(text.charCodeAt(at - 1));
  if (code !== 45 || next !== 45) return false;
  const after = text.charCodeAt(at + 2);
  if (after === 62) return false;
  if (!isWord(after) || text.slice(at, at + MAX_LABEL).includes('\n')) return true;
  const kind = before?.kind;
  return kind === 'break' || kind === 'string' || before?.word === ')' || before?.word === ';';
}

/** Index of the closing quote, a doubled one being content; -1 when the string is open. */
function findStringEnd(text: string, at: number, quote: number): number {
  const mark = String.fromCharCode(quote);
  let end = text.indexOf(mark, at + 1);
  while (end > at + 1 && text.charCodeAt(end + 1) === quote) end = text.indexOf(mark, end + 2);
  return end;
}

type Push = (kind: SqlKind, word: string, start: number, end: number) => void;

/** Numbers, hex and binary; a number that letters follow is a word (`5pm`) unless the letters are a keyword. */
function readNumber(text: string, start: number, push: Push): void {
  let at = start;
  if (text.charCodeAt(at) === 48 && text.charCodeAt(at + 1) === 120) {
    at += 2;
    while (isHexDigit(text.charCodeAt(at))) at += 1;
    push('number', text.slice(start, at), start, at);
    return;
  }
  while (isDigit(text.charCodeAt(at))) at += 1;
  let plain = true;
  if (text.charCodeAt(at) === 46) {
    plain = false;
    at += 1;
    while (isDigit(text.charCodeAt(at))) at += 1;
  }
  if (text.charCodeAt(at) === 101) {
    const sign = text.charCodeAt(at + 1);
    const digits = sign === 43 || sign === 45 ? at + 2 : at + 1;
    if (isDigit(text.charCodeAt(digits))) {
      plain = false;
      at = digits;
      while (isDigit(text.charCodeAt(at))) at += 1;
    }
  }
  const end = findNameEnd(text, at);
  const tail = text.slice(at, Math.min(end, at + 12));
  if (plain && end > at && !GLUED_WORDS.has(tail)) push('word', text.slice(start, end), start, end);
  else push('number', text.slice(start, at), start, at);
}

/** `@name`, `@@name`, and PostgreSQL's dollar quotes as a string. */
function readVariable(text: string, start: number, push: Push): void {
  if (text.charCodeAt(start) === 36) {
    const end = text.indexOf('$$', start + 2);
    if (end < 0) push('open', text.slice(start + 2), start, text.length);
    else push('string', text.slice(start + 2, end), start, end + 2);
    return;
  }
  let at = start;
  while (text.charCodeAt(at) === 64) at += 1;
  const end = findNameEnd(text, at);
  if (end > at) push('variable', text.slice(start, end), start, end);
  else if (text.startsWith('@>', start)) push('operator', '@>', start, start + 2);
  else push('operator', '@', start, at);
}

/** End of a name, dots inside it (`sys.tables`, `master..t`) included. */
function findNameEnd(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (isWord(code) || code === 36) at += 1;
    else if (code === 46 && at > from && (isWord(text.charCodeAt(at + 1)) || text.charCodeAt(at + 1) === 46)) at += 1;
    else return at;
  }
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102);
}

function findCloses(tokens: readonly SqlToken[]): Int32Array {
  const closes = new Int32Array(tokens.length);
  const open: number[] = [];
  tokens.forEach((token, index) => {
    if (token.kind !== 'mark') return;
    if (token.word === '(') {
      closes[index] = tokens.length;
      open.push(index);
    } else if (token.word === ')') {
      const start = open.pop();
      if (start !== undefined) closes[start] = index;
    }
  });
  return closes;
}
