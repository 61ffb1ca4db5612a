import { followsClause } from './sql-break.ts';
import { matchCall, skipUnionOpen } from './sql-calls.ts';
import {
  isEnd,
  isMark,
  isOpenParenthesis,
  isSureComparison,
  readComparison,
  readOperand,
  skipClose,
  skipOpen,
} from './sql-grammar.ts';
import type { Match, Reading } from './sql-reading.ts';
import { readSelect } from './sql-select.ts';
import { readStatement } from './sql-statement.ts';
import type { SqlToken } from './sql-tokens.ts';
import { CLAUSES, CONNECTIVES, TELLING_CALLS } from './sql-words.ts';

/** Shapes that may stand at any token. */
export function matchAnywhere(reading: Reading): Match {
  const { tokens } = reading;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    let match: Match = null;
    if (token.kind === 'word') match = matchWord(reading, at, token);
    else if (token.kind === 'operator' && (token.word === '||' || token.word === '&&'))
      match = matchCondition(reading, at);
    else if (token.kind === 'variable' && isServerVariable(token, tokens[at - 1]))
      match = { shape: 'server-variable', from: at, next: at + 1 };
    else if (token.kind === 'comment') match = matchTrailing(reading, at);
    if (match !== null) return match;
  }
  return null;
}

function matchWord(reading: Reading, at: number, token: SqlToken): Match {
  const { sql, tokens } = reading;
  const found = (shape: string, next: number): Match => ({ shape, from: at, next });
  const after = tokens[at + 1];
  const called = isOpenParenthesis(after);
  if (token.word === 'union') return matchUnion(reading, at);
  if (token.word === 'select') {
    const next = readSelect(sql, at, expectsStatement(reading, at));
    return next === null ? null : found('select', next);
  }
  if (called && !after?.spaced && TELLING_CALLS.has(token.word)) return found('telling-call', at + 2);
  if (called) {
    const match = matchCall(reading, at, token);
    if (match !== null) return match;
  }
  if (CONNECTIVES.has(token.word)) return connects(reading, at) ? matchCondition(reading, at) : null;
  switch (token.word) {
    case 'case': {
      if (after?.word !== 'when') return null;
      const comparison = readComparison(sql, at + 2);
      return comparison !== null && isSureComparison(comparison) ? found('case-when', comparison.next) : null;
    }
    case 'order':
      return after?.word === 'by' &&
        isValueBefore(reading, at) &&
        followsClause(sql, at + 2) &&
        readOperand(sql, at + 2)?.sort !== 'name'
        ? found('order-by', at + 3)
        : null;
    case 'procedure':
      return after?.word === 'analyse' ? found('procedure-analyse', at + 2) : null;
    case 'into':
      return (after?.word === 'outfile' || after?.word === 'dumpfile') && tokens[at + 2] !== undefined
        ? found('into-file', at + 3)
        : null;
    case 'rlike':
    case 'regexp': {
      const right = readOperand(sql, at + 1);
      return right?.sort === 'group' && tokens[skipOpen(sql, at + 1) + 1]?.word === 'select'
        ? found('comparison', right.next)
        : null;
    }
    default: {
      const statement = readStatement(sql, at);
      if (statement === null) return null;
      const placed =
        isMark(tokens[at - 1], ';') || tokens[tokens.length - 1]?.kind === 'comment' || (reading.brokenOut && at > 1);
      return statement.certainty === 'strange' || placed
        ? found(isMark(tokens[at - 1], ';') ? 'stacked-statement' : 'statement', statement.next)
        : null;
    }
  }
}

function matchUnion({ sql, tokens, brokenOut }: Reading, at: number): Match {
  let next = at + 1;
  while (next < at + 4 && /^(?:all|distinct|distinctrow)$/.test(tokens[next]?.word ?? '')) next += 1;
  const select = skipUnionOpen(sql, next);
  if (tokens[select]?.word !== 'select') {
    if (tokens[select]?.word === 'values' && isOpenParenthesis(tokens[select + 1]))
      return { shape: 'union-select', from: at, next: select + 1 };
    return null;
  }
  const listed = readSelect(sql, select, true);
  if (listed !== null) return { shape: 'union-select', from: at, next: listed };
  const cut = isEnd(tokens[select + 1]) && (brokenOut || next > at + 1 || tokens[at - 1]?.kind === 'number');
  return cut ? { shape: 'union-select', from: at, next: select + 1 } : null;
}

/** `1 or 1=1`, `) and ('a'='a`, `x || 'b'='b'`: a connective and a comparison no prose makes. */
function matchCondition(reading: Reading, at: number): Match {
  const { sql, tokens } = reading;
  const comparison = readComparison(sql, at + 1);
  if (comparison === null) {
    const operand = readOperand(sql, skipOpen(sql, at + 1));
    const ends = operand !== null && tokens[skipClose(sql, operand.next)]?.kind === 'comment';
    return ends &&
      (operand.sort === 'number' || operand.sort === 'group') &&
      isValueBefore(reading, at) &&
      (at === 1 || reading.brokenOut || isMark(tokens[at - 1], ')'))
      ? { shape: 'condition', from: at, next: operand.next + 1 }
      : null;
  }
  const certain = isSureComparison(comparison) && !continuesMathematics(reading, at);
  const brokenName = reading.brokenOut && comparison.right.sort !== 'name';
  const numeric =
    isValueBefore(reading, at) &&
    tokens[at - 1]?.kind === 'number' &&
    at === 1 &&
    comparison.right.sort !== 'name' &&
    !/^[a-z]/.test(comparison.comparator);
  return certain || brokenName || numeric ? { shape: 'condition', from: at, next: comparison.next } : null;
}

/** `and` and `or` stand behind an operand or where a path's part begins; a text that begins with one has a number, a group or a string. */
function connects({ sql, tokens }: Reading, at: number): boolean {
  const [before, token, after] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (token?.word !== 'and' && token?.word !== 'or') return true;
  if (before?.kind === 'operator') return before.word === '/' && after?.spaced === true;
  if (before !== undefined) return before.kind !== 'mark' || before.word === ')' || token.spaced;
  if (token.start > 0 || isOpenParenthesis(after) || tokens[skipOpen(sql, at + 1)]?.kind === 'number') return true;
  return tokens.some(({ kind }) => kind === 'string' || kind === 'open');
}

/** `2+2=4 and 3+3=6`: the connective joins a statement about numbers to another one. */
function continuesMathematics({ sql, tokens, brokenOut }: Reading, at: number): boolean {
  if (brokenOut || tokens[at - 1]?.kind !== 'number' || tokens.at(-1)?.kind === 'comment') return false;
  const comparison = readComparison(sql, 0);
  return comparison !== null && comparison.next === at && comparison.left.sort === 'number';
}

/** A value or the end of a group stands before, as it must where an input continues a statement. */
function isValueBefore({ tokens }: Reading, at: number): boolean {
  const before = tokens[at - 1];
  return (
    before !== undefined &&
    (before.kind === 'number' || before.kind === 'break' || before.kind === 'string' || isMark(before, ')'))
  );
}

/** A statement is expected after `;`, an operator, a connective, or a parenthesis that itself stands in such a place. */
function expectsStatement({ tokens, brokenOut }: Reading, at: number): boolean {
  if (isPartOfSlug(tokens, at)) return false;
  let before = at - 1;
  while (before > at - 8 && isOpenParenthesis(tokens[before])) before -= 1;
  const token = tokens[before];
  if (token === undefined) return before < at - 1;
  if (token.kind === 'break') return true;
  if (token.kind === 'operator') return token.word !== '=' || before < at - 1 || !isPlainList(tokens, at);
  if (token.kind === 'mark') return token.word === ';' || token.word === ',' || (token.word === ')' && brokenOut);
  if (token.kind !== 'word') return false;
  if (before < at - 1)
    return !tokens[before + 1]?.spaced || CLAUSES.has(token.word) || token.word === 'from' || token.word === 'select';
  return brokenOut && CLAUSES.has(token.word);
}

/** `?q=select shoes from stock`: an address with its query. After `=` SQL wants parentheses. */
function isPlainList(tokens: readonly SqlToken[], at: number): boolean {
  return tokens[at + 1]?.kind === 'word' && tokens[at + 2]?.word === 'from';
}

/** `/select-a-lamp-5.jpg`, `how-to-select-1`: hyphens join the words of a name, and nothing is subtracted. */
function isPartOfSlug(tokens: readonly SqlToken[], at: number): boolean {
  const [before, token, after] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  const isJoint = (mark: SqlToken | undefined, next: SqlToken | undefined, joints: string) =>
    mark?.kind === 'operator' && joints.includes(mark.word) && next?.spaced === false;
  return isJoint(before, token, '-/') && after?.spaced === false && isJoint(after, tokens[at + 2], '-');
}

function isServerVariable(token: SqlToken, before: SqlToken | undefined): boolean {
  if (!/^@@[a-z]\w/.test(token.word)) return false;
  return (
    before === undefined ||
    token.spaced ||
    before.kind === 'operator' ||
    before.kind === 'mark' ||
    before.kind === 'break'
  );
}

/** `1)) -- `, `1=1--`: a number with a closing parenthesis or a comparison, cut off by a comment. */
function matchTrailing({ sql, tokens }: Reading, at: number): Match {
  const comment = tokens[at];
  if (comment === undefined || !/^[-+\s]*$/.test(comment.word)) return null;
  if (isMark(tokens[at - 1], ';') && tokens[at - 3] !== undefined)
    return { shape: 'ended-statement', from: at - 1, next: at + 1 };
  const value = readOperand(sql, 0);
  const closed =
    value !== null &&
    (value.sort === 'number' || value.sort === 'string') &&
    skipClose(sql, value.next) === at &&
    value.next < at;
  if (closed) return { shape: 'comment-tail', from: 0, next: at + 1 };
  const comparison = readComparison(sql, 0);
  return comparison !== null && isSureComparison(comparison) && comparison.next === at
    ? { shape: 'condition', from: 0, next: at + 1 }
    : null;
}
