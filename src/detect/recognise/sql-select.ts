import { isEnd, isMark, isOpenParenthesis, readComparison, readOperand, SURE } from './sql-grammar.ts';
import type { SqlText, SqlToken } from './sql-tokens.ts';
import { CATALOGUE, COMPARATORS, COVETED_TABLES, DETERMINERS, INFORMATION_CALLS } from './sql-words.ts';

const MAX_ITEMS = 32;

const LIST_FOLLOW = new Set([
  'from',
  'limit',
  'where',
  'union',
  'into',
  'as',
  'order',
  'group',
  'having',
  'procedure',
  'intersect',
  'except',
  'minus',
  'for',
  'and',
  'or',
]);

const LIST_PREFIXES = new Set([
  'all',
  'distinct',
  'distinctrow',
  'top',
  'straight_join',
  'sql_calc_found_rows',
  'sql_no_cache',
]);

/**
 * Reads the list after `select`. `loose` is for a place where a statement is expected (after `union`, `;`, an operator's
 * parenthesis): any first item but a lone word will do. Elsewhere the statement must name a table as SQL does and prose does not.
 * Returns the index of the first token after what was judged.
 */
export function readSelect(sql: SqlText, select: number, loose: boolean): number | null {
  let at = select + 1;
  for (let prefixes = 0; prefixes < 3 && LIST_PREFIXES.has(sql.tokens[at]?.word ?? ''); prefixes += 1) {
    at += sql.tokens[at]?.word === 'top' ? 2 : 1;
  }
  let strange = false;
  let first = true;
  for (let items = 0; items < MAX_ITEMS; items += 1) {
    const token = sql.tokens[at];
    if (token === undefined) return loose && !first ? at : null;
    if (token.kind === 'operator' && token.word === '*') {
      strange = true;
      at += 1;
    } else if (token.word === 'case' && sql.tokens[at + 1]?.word === 'when') {
      return loose || readComparison(sql, at + 2) !== null ? at + 2 : null;
    } else {
      const item = readOperand(sql, at);
      if (item === null) return null;
      const sure = item.sort === 'string' || item.sort === 'open' || item.sort === 'call' || item.sort === 'group';
      if (sure || (item.sort === 'name' && /[._@0-9]/.test(item.word))) strange = true;
      at = item.next;
      if (loose && first && item.sort !== 'name' && followsItem(sql.tokens[at])) return at;
      const comparator = sql.tokens[at]?.word ?? '';
      if (loose && item.sort !== 'name' && COMPARATORS.has(comparator)) return at;
      if (sql.tokens[at]?.word === 'as') at += 2;
    }
    first = false;
    const follow = sql.tokens[at];
    if (follow?.word === 'from') return readFrom(sql, at, strange, loose);
    if (strange && isEnd(follow) && (loose || tellsOfDatabase(sql, select + 1))) return at;
    if (!isMark(follow, ',')) return null;
    at += 1;
  }
  return strange ? at : null;
}

function tellsOfDatabase(sql: SqlText, at: number): boolean {
  const word = sql.tokens[at]?.word ?? '';
  return (
    word.startsWith('@@') ||
    word === 'current_user' ||
    (INFORMATION_CALLS.has(word) && isOpenParenthesis(sql.tokens[at + 1]))
  );
}

function followsItem(token: SqlToken | undefined): boolean {
  return (
    isEnd(token) ||
    (token?.kind === 'mark' && ',);'.includes(token.word)) ||
    LIST_FOLLOW.has(token?.word ?? '') ||
    token?.kind === 'open' ||
    token?.kind === 'string'
  );
}

function readFrom(sql: SqlText, from: number, strange: boolean, loose: boolean): number | null {
  const table = sql.tokens[from + 1];
  if (table === undefined) return null;
  if (isOpenParenthesis(table)) return strange || loose ? from + 2 : null;
  if (table.kind !== 'word' && table.kind !== 'name' && table.kind !== 'variable') return null;
  if (CATALOGUE.test(table.word) || (COVETED_TABLES.has(table.word) && isTableEnd(sql.tokens[from + 2])))
    return from + 2;
  if (DETERMINERS.has(table.word)) return null;
  if (strange || loose || table.kind === 'name') return isTableEnd(sql.tokens[from + 2]) || strange ? from + 2 : null;
  return readTail(sql, from + 2);
}

function isTableEnd(token: SqlToken | undefined): boolean {
  return isEnd(token) || token?.kind === 'mark' || token?.kind === 'open' || LIST_FOLLOW.has(token?.word ?? '');
}

/** What may follow a table and shows that a statement is meant: a comparison after `where`, `limit 1`, `order by x`, `;`. */
export function readTail(sql: SqlText, at: number): number | null {
  const token = sql.tokens[at];
  if (isMark(token, ';') && isEnd(sql.tokens[at + 1])) return at + 1;
  if (token?.kind === 'comment') return at;
  if (token?.word === 'where') return readWhere(sql, at + 1);
  if (token?.word === 'limit' && sql.tokens[at + 1]?.kind === 'number') return at + 2;
  if ((token?.word === 'order' || token?.word === 'group') && sql.tokens[at + 1]?.word === 'by') return at + 2;
  return null;
}

function readWhere(sql: SqlText, at: number): number | null {
  const comparison = readComparison(sql, at);
  if (comparison === null) return null;
  const symbolic = !/^[a-z]/.test(comparison.comparator);
  return symbolic || SURE.has(comparison.right.sort) ? comparison.next : null;
}
