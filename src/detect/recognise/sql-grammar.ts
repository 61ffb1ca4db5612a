import type { SqlText, SqlToken } from './sql-tokens.ts';
import { ARITHMETIC, COMPARATORS, CONSTANT_WORDS } from './sql-words.ts';

/** How sure an operand is no prose: constants, calls and groups are, a bare name is not. */
type OperandSort = 'number' | 'string' | 'open' | 'call' | 'group' | 'name';

interface Operand {
  readonly sort: OperandSort;
  /** Index of the first token after it. */
  readonly next: number;
  readonly word: string;
}

const MAX_CHAIN = 8;

const PREFIXES = new Set(['+', '-', '~', '!', 'not', 'binary', 'distinct', 'all', 'any', 'some', 'exists', 'prior']);

export function isMark(token: SqlToken | undefined, word: string): boolean {
  return token !== undefined && token.kind === 'mark' && token.word === word;
}

/** The end of the text, or a comment up to it. */
export function isEnd(token: SqlToken | undefined): boolean {
  return token === undefined || token.kind === 'comment';
}

export function isOpenParenthesis(token: SqlToken | undefined): boolean {
  return isMark(token, '(');
}

/** Reads one operand with what arithmetic joins to it: `-1`, `'a'||'b'`, `sleep(5)`, `(select 1)`, `@@version`, `7::int`. */
export function readOperand(sql: SqlText, from: number): Operand | null {
  let operand = readPrimary(sql, from);
  for (let links = 0; operand !== null && links < MAX_CHAIN; links += 1) {
    const joint = sql.tokens[operand.next];
    if (joint === undefined || !ARITHMETIC.has(joint.word) || joint.kind === 'string' || joint.kind === 'open') break;
    const right = readPrimary(sql, operand.next + 1);
    if (right === null) break;
    const sort: OperandSort =
      operand.sort === 'name' && right.sort !== 'call' ? 'name' : operand.sort === 'number' ? right.sort : operand.sort;
    operand = {
      sort: joint.word === '::' || joint.word === 'collate' ? operand.sort : sort,
      next: right.next,
      word: `${operand.word}${joint.word}${right.word}`.slice(0, 64),
    };
  }
  return operand;
}

function readPrimary(sql: SqlText, from: number): Operand | null {
  let at = from;
  for (let prefixes = 0; prefixes < MAX_CHAIN; prefixes += 1) {
    const token = sql.tokens[at];
    if (token === undefined || !PREFIXES.has(token.word) || (token.kind !== 'operator' && token.kind !== 'word')) break;
    at += 1;
  }
  const token = sql.tokens[at];
  if (token === undefined) return null;
  if (token.kind === 'number' || token.kind === 'string' || token.kind === 'open')
    return { sort: token.kind, next: at + 1, word: token.word };
  if (token.kind === 'variable')
    return { sort: token.word.startsWith('@@') ? 'call' : 'name', next: at + 1, word: token.word };
  if (isOpenParenthesis(token)) return { sort: 'group', next: afterClose(sql, at), word: '()' };
  if (token.kind === 'name') return { sort: 'name', next: at + 1, word: token.word };
  if (token.kind !== 'word') return null;
  if (isOpenParenthesis(sql.tokens[at + 1]) && (!sql.tokens[at + 1]?.spaced || token.word.includes('_')))
    return { sort: 'call', next: afterClose(sql, at + 1), word: token.word };
  if (token.word === 'null' || token.word === 'true' || token.word === 'false')
    return { sort: 'number', next: at + 1, word: token.word };
  return { sort: CONSTANT_WORDS.has(token.word) ? 'call' : 'name', next: at + 1, word: token.word };
}

function afterClose(sql: SqlText, open: number): number {
  return Math.min((sql.closes[open] ?? sql.tokens.length) + 1, sql.tokens.length);
}

interface Comparison {
  readonly left: Operand;
  readonly right: Operand;
  readonly comparator: string;
  readonly next: number;
}

/** `?q=pièces d'or&page=6`, in a text that shows a query as a whole: what is compared is the next parameter. */
const NEXT_PARAMETER = /\w&[a-z_]\w*$/;

/** Reads `operand comparator operand`; `is [not] null`, `between a and b`, `[not] in (..)`, `sounds like` included. */
export function readComparison(sql: SqlText, from: number): Comparison | null {
  const inner = skipOpen(sql, from);
  return compare(sql, inner) ?? (inner > from ? compare(sql, from) : null);
}

function compare(sql: SqlText, from: number): Comparison | null {
  const left = readOperand(sql, from);
  if (left === null) return null;
  let at = left.next;
  if (sql.tokens[at]?.word === 'not') at += 1;
  const comparator = sql.tokens[at];
  if (
    comparator === undefined ||
    (comparator.kind !== 'operator' && comparator.kind !== 'word') ||
    !COMPARATORS.has(comparator.word)
  )
    return null;
  at += 1;
  if (comparator.word === 'sounds' || comparator.word === 'similar') at += 1;
  const right = readOperand(sql, at);
  if (right === null) return null;
  if (comparator.word === 'is' && !/^(?:null|true|false)$/.test(right.word)) return null;
  if (comparator.word === 'in' && right.sort !== 'group') return null;
  if (NEXT_PARAMETER.test(left.word) && sql.tokens[right.next]?.kind !== 'comment') return null;
  return { left, right, comparator: comparator.word, next: right.next };
}

/** Skips a bounded run of opening parentheses, as in `or ((1=1`. */
export function skipOpen(sql: SqlText, from: number): number {
  let at = from;
  while (at < from + MAX_CHAIN && isOpenParenthesis(sql.tokens[at])) at += 1;
  return at > from && sql.tokens[at]?.word === 'select' ? at - 1 : at;
}

/** Skips a bounded run of closing parentheses, as in `')) or`. */
export function skipClose(sql: SqlText, from: number): number {
  let at = from;
  while (at < from + 2 * MAX_CHAIN && isMark(sql.tokens[at], ')')) at += 1;
  return at;
}

/** Sorts of operands that are no bare name. */
export const SURE: ReadonlySet<OperandSort> = new Set(['number', 'string', 'open', 'call', 'group']);

const WORD_CONSTANT = /^(?:null|true|false)$/;

/** A comparison that only a computer would ask for: both sides known, or a name with itself by a sign. */
export function isSureComparison(comparison: Comparison): boolean {
  const { left, right, comparator } = comparison;
  const spelled = /^[a-z]/.test(comparator);
  if (spelled && WORD_CONSTANT.test(left.word) && WORD_CONSTANT.test(right.word)) return false;
  if (SURE.has(left.sort) && SURE.has(right.sort)) return true;
  return left.sort === 'name' && right.sort === 'name' && left.word === right.word && !spelled;
}
