import type { StoredEntity } from '../entity/stored.ts';
import { badSearch } from '../http/answer.ts';
import { fieldTest, valuesOf } from './field.ts';

/**
 * The part of Lucene's query syntax that the sandbox speaks: terms, phrases, `field:value`, `field:(...)`, wild cards,
 * AND, OR, NOT, parentheses. Terms side by side are joined by AND. All else is refused, valid or not.
 */

export type Test = (entity: StoredEntity) => boolean;

type Token =
  | { readonly kind: '(' | ')' | 'AND' | 'OR' | 'NOT' | ':' }
  | { readonly kind: 'term'; readonly text: string; readonly wild: boolean; readonly quoted: boolean };

/** Deeper nesting is refused, rather than left to the stack. */
const MAX_DEPTH = 50;

/** `searchFields`: where terms without a field are looked for; none: everywhere. Throws the server's 400. */
export function compileQuery(query: string, searchFields: readonly string[]): Test {
  const tokens = tokenise(query);
  let at = 0;
  const peek = (): Token | undefined => tokens[at];
  const accept = (kind: Token['kind']): boolean => {
    if (peek()?.kind !== kind) return false;
    at++;
    return true;
  };

  function readOr(field: string | null, depth: number): Test {
    if (depth > MAX_DEPTH) throw failed(query, 'too deeply nested');
    const tests = [readAnd(field, depth)];
    while (accept('OR')) tests.push(readAnd(field, depth));
    return (entity) => tests.some((test) => test(entity));
  }

  function readAnd(field: string | null, depth: number): Test {
    const tests = [readNot(field, depth)];
    while (peek() !== undefined && peek()?.kind !== ')' && peek()?.kind !== 'OR') {
      accept('AND');
      tests.push(readNot(field, depth));
    }
    return (entity) => tests.every((test) => test(entity));
  }

  function readNot(field: string | null, depth: number): Test {
    let negated = false;
    while (accept('NOT')) negated = !negated;
    const test = readPrimary(field, depth);
    return negated ? (entity) => !test(entity) : test;
  }

  function readPrimary(field: string | null, depth: number): Test {
    if (accept('(')) {
      const inner = readOr(field, depth + 1);
      if (!accept(')')) throw failed(query, 'a parenthesis is not closed');
      return inner;
    }
    const token = tokens[at++];
    if (token?.kind !== 'term') throw failed(query, 'a term is missing');
    if (!accept(':')) return termTest(field, token);
    if (field !== null || token.quoted) throw failed(query, 'a colon too many');
    return readPrimary(token.text, depth + 1);
  }

  function termTest(field: string | null, { text, wild, quoted }: Extract<Token, { kind: 'term' }>): Test {
    if (field === '_exists_') return (entity) => valuesOf(entity, text).length > 0;
    if (!quoted && text === '*')
      return field === null || field === '*' ? () => true : (entity) => valuesOf(entity, field).length > 0;
    if (field !== null) return fieldTest(field, { text, wild });
    if (searchFields.length === 0) return fieldTest(null, { text, wild });
    const tests = searchFields.map((name) => fieldTest(name, { text, wild }));
    return (entity) => tests.some((test) => test(entity));
  }

  const test = readOr(null, 0);
  if (at < tokens.length) throw failed(query, 'a parenthesis too many');
  return test;
}

/** The forgiving syntax: words and phrases that must all be there; nothing is an error. */
export function compileSimpleQuery(query: string, searchFields: readonly string[]): Test {
  const fields = searchFields.length === 0 ? [null] : searchFields;
  const tests = Array.from(query.matchAll(/(-?)(?:"([^"]*)"?|([^\s"+|()]+))/g), ([, minus, phrase, word = '']) => {
    const wild = phrase === undefined && word.endsWith('*');
    const any = fields.map((field) => fieldTest(field, { text: phrase ?? word, wild }));
    const test: Test = (entity) => any.some((one) => one(entity));
    return minus === '-' ? (entity: StoredEntity) => !test(entity) : test;
  });
  return (entity) => tests.every((test) => test(entity));
}

const WORDS: Readonly<Record<string, 'AND' | 'OR' | 'NOT'>> = {
  AND: 'AND',
  OR: 'OR',
  NOT: 'NOT',
  '&&': 'AND',
  '||': 'OR',
  '!': 'NOT',
};
/** A quoted phrase, an operator, or a bare word; in it a backslash takes away the next character's meaning. */
const TOKEN = /\s+|([():])|"((?:[^"\\]|\\.)*)"|(&&|\|\||!)|([-+])(?=\S)|((?:[^\s():"\\!^~[\]{}/]|\\.)+)/gsy;

function tokenise(query: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < query.length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(query);
    if (match === null) throw failed(query, `unexpected "${query[from]}"`);
    const [, mark, phrase, operator, sign, word] = match;
    if (mark !== undefined) tokens.push({ kind: mark as '(' | ')' | ':' });
    else if (phrase !== undefined) tokens.push({ kind: 'term', text: unquote(phrase), wild: false, quoted: true });
    else if (sign === '-') tokens.push({ kind: 'NOT' });
    else if (operator !== undefined || WORDS[word ?? ''] !== undefined) {
      tokens.push({ kind: WORDS[operator ?? word ?? ''] ?? 'AND' });
    } else if (word !== undefined) tokens.push(wordToken(word));
  }
  return tokens;
}

function wordToken(word: string): Token {
  const wild = /(?:^|[^\\])(?:\\\\)*[*?]/.test(word);
  return { kind: 'term', text: wild ? word : unquote(word), wild, quoted: false };
}

function unquote(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}

function failed(query: string, why: string) {
  return badSearch(`Failed to parse query [${query}]: ${why}`);
}
