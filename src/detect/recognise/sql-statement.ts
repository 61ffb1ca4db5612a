import { isEnd, isMark, isOpenParenthesis, readOperand } from './sql-grammar.ts';
import { readSelect, readTail } from './sql-select.ts';
import type { SqlText, SqlToken } from './sql-tokens.ts';
import { DEFINABLE, DETERMINERS, STATEMENTS } from './sql-words.ts';

/** `strange`: no prose has this; `bare`: prose may, so the reader must ask for more. */
type Certainty = 'strange' | 'bare';

/**
 * Reads a statement other than `select` at its verb. `strange` when its grammar alone tells it from prose; `bare` when prose
 * may read like it (`drop table lamp`) and something around it must say that SQL is meant.
 */
export function readStatement(
  sql: SqlText,
  at: number,
): { readonly certainty: Certainty; readonly next: number } | null {
  const word = (offset: number): string => sql.tokens[at + offset]?.word ?? '';
  const token = (offset: number): SqlToken | undefined => sql.tokens[at + offset];
  const isName = (offset: number): boolean => token(offset)?.kind === 'word' || token(offset)?.kind === 'name';
  const verdict = (certainty: Certainty, length: number) => ({
    certainty,
    next: Math.min(at + length, sql.tokens.length),
  });
  switch (word(0)) {
    case 'insert':
    case 'replace':
      if (word(1) !== 'into' || !isName(2)) return null;
      return isOpenParenthesis(token(3)) ||
        ((word(3) === 'values' || word(3) === 'value') && isOpenParenthesis(token(4))) ||
        (word(3) === 'select' && readSelect(sql, at + 3, true) !== null)
        ? verdict('strange', 4)
        : null;
    case 'update':
      return isName(1) && word(2) === 'set' && isName(3) && token(4)?.word === '=' ? verdict('strange', 5) : null;
    case 'delete':
      if (word(1) !== 'from' || !isName(2) || DETERMINERS.has(word(2))) return null;
      if (readTail(sql, at + 3) !== null) return verdict('strange', 3);
      return isEnd(token(3)) ? verdict('bare', 3) : null;
    case 'drop':
    case 'truncate':
    case 'create':
    case 'alter': {
      if (!DEFINABLE.has(word(1))) return null;
      if (/^if$/.test(word(2)) && /^(?:not|exists)$/.test(word(3))) return verdict('strange', 4);
      if (!isName(2) && token(2)?.kind !== 'string') return null;
      if (word(0) === 'create') {
        if (word(1) === 'table' && isOpenParenthesis(token(3))) return verdict('strange', 4);
        return /^(?:identified|with|as|returns|alias|function|procedure)$/.test(word(3)) ? verdict('bare', 4) : null;
      }
      if (token(3)?.kind === 'comment' || isMark(token(3), ';'))
        return verdict(STATEMENTS.has(word(4)) ? 'strange' : 'bare', 3);
      return isEnd(token(3)) || /^(?:cascade|restrict|add|modify|rename|set|drop|owner|identified)$/.test(word(3))
        ? verdict('bare', 3)
        : null;
    }
    case 'exec':
    case 'execute':
      if (
        /^(?:master\.|sys\.|msdb\.)?(?:\.|dbo\.)?[xs]p_/.test(word(1)) ||
        /^(?:master|msdb)\./.test(word(1)) ||
        token(1)?.kind === 'variable' ||
        word(1) === 'immediate'
      )
        return verdict('strange', 2);
      if (isOpenParenthesis(token(1)) && token(2)?.kind === 'variable') return verdict('strange', 3);
      return isOpenParenthesis(token(1)) &&
        (token(2)?.kind === 'string' || token(2)?.kind === 'open' || word(2) === 'char')
        ? verdict('bare', 3)
        : null;
    case 'declare':
      return token(1)?.kind === 'variable' && (isName(2) || word(2) === 'as') ? verdict('strange', 2) : null;
    case 'waitfor':
      return (word(1) === 'delay' || word(1) === 'time') &&
        (token(2)?.kind === 'string' || token(2)?.kind === 'open' || token(2)?.kind === 'variable')
        ? verdict('strange', 3)
        : null;
    case 'begin':
      return word(1).startsWith('dbms_') || word(1).startsWith('utl_') || word(1) === 'declare'
        ? verdict('strange', 2)
        : null;
    case 'call':
      return isName(1) && isOpenParenthesis(token(2)) && !token(2)?.spaced ? verdict('bare', 3) : null;
    case 'shutdown':
      return isEnd(token(1)) || isMark(token(1), ';') || word(2) === 'nowait' ? verdict('bare', 1) : null;
    case 'copy':
      return readCopy(sql, at) ? verdict('strange', 4) : null;
    case 'attach':
      return word(1) === 'database' && token(2)?.kind === 'string' ? verdict('strange', 3) : null;
    case 'load':
      return word(1) === 'data' && (word(2) === 'infile' || word(3) === 'infile') ? verdict('strange', 3) : null;
    case 'grant':
    case 'revoke':
      return word(2) === 'on' || word(2) === 'to' ? verdict('bare', 3) : null;
    case 'handler':
      return isName(1) && word(2) === 'open' ? verdict('bare', 3) : null;
    case 'set':
      return token(1)?.kind === 'variable' && /^(?::=|=)$/.test(word(2)) ? verdict('strange', 3) : null;
    case 'if':
      return word(1) === 'not' && word(2) === 'exists' ? verdict('bare', 3) : null;
    case 'backup':
    case 'restore':
      return word(1) === 'database' && word(3) === 'to' ? verdict('strange', 4) : null;
    case 'pragma':
      return isName(1) ? verdict('bare', 2) : null;
    default:
      return null;
  }
}

/** `copy t from program 'x'`, `copy (select ..) to '/x'`. */
function readCopy(sql: SqlText, at: number): boolean {
  const source = readOperand(sql, at + 1);
  if (source === null || !/^(?:from|to)$/.test(sql.tokens[source.next]?.word ?? '')) return false;
  const place = sql.tokens[source.next + 1];
  return place?.word === 'program' || place?.kind === 'string' || place?.kind === 'open';
}
