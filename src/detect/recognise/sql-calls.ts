import {
  isEnd,
  isMark,
  isOpenParenthesis,
  isSureComparison,
  readComparison,
  readOperand,
  skipClose,
} from './sql-grammar.ts';
import type { Match, Reading } from './sql-reading.ts';
import type { SqlText, SqlToken } from './sql-tokens.ts';
import { CLAUSES, CONDITIONAL_CALLS } from './sql-words.ts';

export function skipUnionOpen(sql: SqlText, from: number): number {
  let at = from;
  while (at < from + 8 && isOpenParenthesis(sql.tokens[at])) at += 1;
  return at;
}

/** Calls that are told from prose and other languages by their arguments. */
export function matchCall({ sql, tokens }: Reading, at: number, token: SqlToken): Match {
  const found = (shape: string): Match => ({
    shape,
    from: at,
    next: Math.min((sql.closes[at + 1] ?? at) + 1, tokens.length),
  });
  const first = tokens[at + 2];
  switch (token.word) {
    case 'sleep': {
      const argument = readOperand(sql, at + 2);
      if (argument === null || argument.sort === 'name' || argument.sort === 'string') return null;
      const closed = isMark(tokens[argument.next], ')') || isEnd(tokens[argument.next]) || argument.sort === 'group';
      return closed && !isProse(tokens[(sql.closes[at + 1] ?? at) + 1]) ? found('delay') : null;
    }
    case 'generate_series':
      return first?.kind === 'number' ? found('delay') : null;
    case 'exp':
      return first?.word === '~' ? found('error-call') : null;
    case 'floor':
      return first?.word === 'rand' ? found('error-call') : null;
    case 'convert':
      return /^(?:int|varchar|nvarchar|char|signed|numeric)$/.test(first?.word ?? '') && isMark(tokens[at + 3], ',')
        ? found('conversion')
        : null;
    case 'cast': {
      const value = readOperand(sql, at + 2);
      return value !== null &&
        tokens[value.next]?.word === 'as' &&
        /^(?:int|char|nchar|varchar|nvarchar|numeric|signed|unsigned|text|integer|decimal|date)/.test(
          tokens[value.next + 1]?.word ?? '',
        )
        ? found('conversion')
        : null;
    }
    case 'char':
    case 'chr':
    case 'nchar': {
      if (first?.kind !== 'number') return null;
      const after = tokens[(sql.closes[at + 1] ?? at) + 1];
      const listed = isMark(tokens[at + 3], ',') && tokens[at + 4]?.kind === 'number';
      return listed ||
        (isMark(tokens[at + 3], ')') &&
          (after?.word === '||' || after?.word === '+') &&
          /^n?cha?r$/.test(tokens[at + 5]?.word ?? ''))
        ? found('character-codes')
        : null;
    }
    case 'concat':
    case 'concat_ws':
      return first?.word.startsWith('0x') === true ||
        isOpenParenthesis(first) ||
        /^(?:char|database|user|version|@@version|select)$/.test(first?.word ?? '')
        ? found('concatenation')
        : null;
    case 'polygon':
    case 'linestring':
    case 'row':
    case 'ascii':
    case 'ord':
    case 'hex':
    case 'length':
    case 'count':
    case 'substring':
    case 'substr':
    case 'mid': {
      const inner = isOpenParenthesis(first) ? skipUnionOpen(sql, at + 2) : at + 2;
      if (tokens[inner]?.word === 'select') return found('subquery');
      return token.word === 'count' && first?.word === '*' && isMark(tokens[at + 3], ')') ? found('count') : null;
    }
    default: {
      if (!CONDITIONAL_CALLS.has(token.word)) return null;
      const comparison = readComparison(sql, at + 2);
      if (comparison === null || !isSureComparison(comparison)) return null;
      return isMark(tokens[skipClose(sql, comparison.next)], ',') ? found('conditional') : null;
    }
  }
}

/** A word that does not go on with a statement. */
function isProse(token: SqlToken | undefined): boolean {
  return (
    token?.kind === 'word' &&
    !CLAUSES.has(token.word) &&
    token.word !== 'when' &&
    token.word !== 'then' &&
    token.word !== 'else'
  );
}
