import { isEnd, isMark, isOpenParenthesis, readComparison, readOperand, skipClose, skipOpen } from './sql-grammar.ts';
import type { Match, Reading } from './sql-reading.ts';
import type { SqlText, SqlToken } from './sql-tokens.ts';
import { COMPARATORS, CONNECTIVES } from './sql-words.ts';

/** Shapes of the tokens right after the quote that was broken. */
export function matchBreak({ sql, tokens, brokenOut }: Reading): Match {
  if (!brokenOut) return null;
  const at = skipClose(sql, 1);
  const first = tokens[at];
  if (first === undefined) return null;
  const found = (shape: string, next: number): Match => ({ shape, from: 0, next });
  if (first.kind === 'comment') return isCommentTail(first, at > 1) ? found('comment-tail', at + 1) : null;
  if (isMark(first, ';')) {
    if (tokens[at + 1] === undefined) return found('ended-statement', at + 1);
    return tokens[at + 1]?.kind === 'comment' ? found('ended-statement', at + 2) : null;
  }
  const after = tokens[at + 1];
  if (first.kind === 'operator') {
    if (after === undefined) return null;
    const whole = after.kind === 'open' || after.kind === 'string';
    if (first.word === '||' && (whole || after.kind === 'number')) return found('concatenation', at + 2);
    if (COMPARATORS.has(first.word) && (whole || after.kind === 'number'))
      return isQuotedSign(tokens, first, after) ? null : found('comparison', at + 2);
    if (after.kind === 'open' && after.word === '' && !after.spaced && !first.spaced && tokens[0]?.word === '')
      return found('empty-operation', at + 2);
    const operand = readOperand(sql, at + 1);
    const comment = operand === null ? undefined : tokens[operand.next];
    if (operand === null || comment?.kind !== 'comment') return null;
    const certain =
      operand.sort === 'number' || operand.sort === 'group' || (!first.spaced && isCommentTail(comment, false));
    return certain ? found('arithmetic', operand.next + 1) : null;
  }
  if (first.kind !== 'word') return null;
  if (CONNECTIVES.has(first.word)) return matchBrokenCondition(sql, at, found);
  switch (first.word) {
    case 'like':
    case 'rlike':
    case 'regexp':
    case 'mod':
    case 'div':
      return after !== undefined &&
        (after.kind === 'open' || after.kind === 'string' || tokens[at + 2]?.kind === 'comment')
        ? found('comparison', at + 2)
        : null;
    case 'not':
      return /^(?:like|rlike|regexp|in|between)$/.test(after?.word ?? '') &&
        /^(?:open|string)$/.test(tokens[at + 2]?.kind ?? '')
        ? found('comparison', at + 3)
        : null;
    case 'is':
      return /^(?:null|not)$/.test(after?.word ?? '') && (after?.word === 'null' || tokens[at + 2]?.word === 'null')
        ? found('comparison', at + 2)
        : null;
    case 'in':
      return after?.word === 'boolean' || (isOpenParenthesis(after) && isEnd(tokens[(sql.closes[at + 1] ?? 0) + 1]))
        ? found('comparison', at + 2)
        : null;
    case 'between':
      return tokens[at + 2]?.word === 'and' && (after?.kind === 'number' || after?.kind === 'string')
        ? found('comparison', at + 3)
        : null;
    case 'group':
    case 'order':
      return after?.word === 'by' && tokens[at + 2] !== undefined && followsClause(sql, at + 2)
        ? found(`${first.word}-by`, at + 3)
        : null;
    case 'limit':
      return after?.kind === 'number' ? found('limit', at + 2) : null;
    case 'collate':
      return /^(?:nocase|utf8|latin1|binary|rtrim)/.test(after?.word ?? '') ? found('collation', at + 2) : null;
    case 'union':
      return isEnd(after) || ((after?.word === 'all' || after?.word === 'select') && isEnd(tokens[at + 2]))
        ? found('union-select', at + 1)
        : null;
    default:
      return null;
  }
}

/** `Unexpected token '<', ..`: a sign in quotes that stand off from the word before, as messages of a browser have it. */
function isQuotedSign(tokens: readonly SqlToken[], sign: SqlToken, after: SqlToken): boolean {
  return after.kind !== 'number' && !sign.spaced && !after.spaced && /\w\s$/.test(tokens[0]?.word ?? '');
}

/** `' or 1 -- -`, `'or'a`, `' or true#`, `' or a=b--`: looser than elsewhere, as the quote already speaks for SQL. */
function matchBrokenCondition(sql: SqlText, at: number, found: (shape: string, next: number) => Match): Match {
  const { tokens } = sql;
  const from = skipOpen(sql, at + 1);
  const first = tokens[at];
  const operand = readOperand(sql, from);
  if (operand === null || first === undefined) return null;
  const unary = /^(?:notnull|isnull)$/.test(tokens[operand.next]?.word ?? '') ? 1 : 0;
  const after = tokens[skipClose(sql, operand.next + unary)];
  if (after?.kind === 'comment' && (operand.sort !== 'name' || isCommentTail(after, false)))
    return found('broken-condition', operand.next + 1);
  const glued = tokens[from]?.spaced === false && !first.spaced;
  if (glued && isGluedString(tokens, tokens[from], operand.sort)) return found('broken-condition', operand.next);
  const constant = /^(?:1|true)$/.test(operand.word) && (after === undefined || isMark(after, ';'));
  const emptied = after === undefined && /^[-+*/^&|%]/.test(operand.word) && tokens[from]?.kind === 'string';
  if (constant || emptied) return found('broken-condition', operand.next);
  const comparison = readComparison(sql, from);
  if (comparison === null) return null;
  const { left, right, comparator } = comparison;
  if (left.sort === 'name' && right.sort === 'name' && left.word !== right.word && !isEnd(tokens[comparison.next]))
    return null;
  return /^[a-z]/.test(comparator) && right.sort === 'name' ? null : found('broken-condition', comparison.next);
}

/** `a'or'b`, `'or'1`: no blank on either side, where prose that quotes a word has one. */
function isGluedString(tokens: readonly SqlToken[], string: SqlToken | undefined, sort: string): boolean {
  if (sort !== 'open' && sort !== 'string') return false;
  const before = tokens[0]?.word ?? '';
  return (before === '' || /[\w%)]$/.test(before)) && !/^[\s.,)`:]/.test(string?.word ?? '');
}

/** A comment that cuts a statement off: nothing or one short word after it (`-- -`, `--+`, `-- kfqs`, `#`), or a parenthesis before. */
function isCommentTail(comment: SqlToken, closed: boolean): boolean {
  if (closed) return true;
  const rest = comment.word.trim();
  return rest.length <= 12 && /^[-+a-z_/*)('"#;]*$/.test(rest);
}

export function followsClause(sql: SqlText, at: number): boolean {
  const operand = readOperand(sql, at);
  if (operand === null) return false;
  const after = sql.tokens[operand.next];
  if (operand.sort === 'name')
    return after?.kind === 'comment' || after?.word === 'having' || (isMark(after, ',') && operand.word.length > 0);
  return (
    isEnd(after) ||
    after?.kind === 'mark' ||
    after?.kind === 'open' ||
    /^(?:asc|desc|limit|having|into|union|procedure)$/.test(after?.word ?? '')
  );
}
