import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteForQuery } from '../../../src/ctia/ctia.ts';
import type { StoredEntity } from '../../../src/sandbox/entity/stored.ts';
import { Refusal } from '../../../src/sandbox/http/answer.ts';
import { compileQuery, compileSimpleQuery } from '../../../src/sandbox/search/lucene.ts';

const ENTITY: StoredEntity = {
  id: 'https://private.intel.amp.cisco.com:443/ctia/sighting/sighting-76a813e7-403b-4901-a256-6794f62b7dfe',
  type: 'sighting',
  owner: 'alice',
  groups: ['org-1'],
  tlp: 'amber',
  created: '2025-10-10T12:00:00.000Z',
  modified: '2025-10-10T12:00:00.000Z',
  timestamp: '2025-10-10T12:00:00.000Z',
  title: 'SQL injection in the Login form',
  source: 'Web Log',
  count: 3,
  external_ids: ['acme-sighting-1', 'acme:odd id'],
  observables: [
    { type: 'ip', value: '203.0.113.9' },
    { type: 'url', value: 'http://h/a?b="c"' },
  ],
  data: { columns: [], rows: [['hidden']] },
};

describe('a query', () => {
  it.each([
    ['a word of a text, whatever the case', 'INJECTION', true],
    ['words side by side must all be there', 'injection form', true],
    ['and one may not be missing', 'injection shell', false],
    ['a phrase', '"login form"', true],
    ['a phrase in another order', '"form login"', false],
    ['OR', 'shell OR injection', true],
    ['OR binds less than AND', 'shell AND x OR injection', true],
    ['NOT', 'injection NOT shell', true],
    ['a minus', 'injection -login', false],
    ['an exclamation mark', '!shell', true],
    ['two negations', 'NOT NOT injection', true],
    ['&& and ||', '(injection && login) || shell', true],
    ['small letters make no operator', 'injection or login', false],
    ['parentheses', 'injection AND (shell OR login)', true],
    ['a field', 'title:injection', true],
    ['a field that holds something else', 'source:injection', false],
    ['a field that is not there', 'nothing:x', false],
    ['a keyword is one whole', 'source:web', false],
    ['in quotes, whatever the case', 'source:"web log"', true],
    ['a group in a field', 'title:(shell OR injection)', true],
    ['a number', 'count:3', true],
    ['an inner field', 'observables.value:"203.0.113.9"', true],
    ['a keyword without a field', '203.0.113.9', true],
    ['a star', 'external_ids:acme-*', true],
    ['a question mark', 'external_ids:acme-sighting-?', true],
    ['a star that finds nothing', 'external_ids:acme-*-2', false],
    ['a star in the middle', 'title:inj*on', true],
    ['an escaped colon', 'external_ids:acme\\:odd\\ id', true],
    ['an escaped star', 'external_ids:acme\\*', false],
    ['quotes within quotes', 'observables.value:"http://h/a?b=\\"c\\""', true],
    ['the short id behind a star', 'id:*sighting-76a813e7-403b-4901-a256-6794f62b7dfe', true],
    ['everything', '*', true],
    ['everything, the long way', '*:*', true],
    ['whether there is a field', '_exists_:observables.value', true],
    ['whether there is another', '_exists_:severity', false],
    ['what no index holds', 'hidden', false],
  ])('%s: %s', (_, query, expected) => {
    expect(compileQuery(query, [])(ENTITY)).toBe(expected);
  });

  it.each([
    ['an open parenthesis', '(a'],
    ['a closing one', 'a)'],
    ['an open quote', '"a'],
    ['nothing', ''],
    ['nothing after an operator', 'a AND'],
    ['a bare address', 'source_ref:http://h/x'],
    ['a range', 'count:[1 TO 3]'],
    ['a regular expression', '/a.*/'],
    ['a fuzzy word', 'a~2'],
    ['nesting without end', '('.repeat(100) + ')'.repeat(100)],
  ])('%s is refused', (_, query) => {
    expect(() => compileQuery(query, [])).toThrow(Refusal);
  });

  it('looks into the fields that are named', () => {
    expect(compileQuery('injection', ['source'])(ENTITY)).toBe(false);
    expect(compileQuery('injection', ['source', 'title'])(ENTITY)).toBe(true);
  });

  it('of any text is answered or refused, and does not hang', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab *?:()"\\-+!/[]ANDOR ') }), (query) => {
        try {
          expect(typeof compileQuery(query, [])(ENTITY)).toBe('boolean');
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
    );
  });

  it('finds any keyword that is quoted as the client quotes it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (value) => {
        const test = compileQuery(`external_ids:${quoteForQuery(value)}`, []);
        expect(test({ ...ENTITY, external_ids: [value] })).toBe(true);
      }),
    );
  });

  it('with many stars takes no time to speak of', () => {
    const test = compileQuery(`external_ids:${'*a'.repeat(200)}*b`, []);
    expect(test({ ...ENTITY, external_ids: ['a'.repeat(20_000)] })).toBe(false);
  });
});

describe('a simple query', () => {
  it.each([
    ['words', 'injection login', true],
    ['a missing word', 'injection shell', false],
    ['a minus', 'injection -shell', true],
    ['a phrase', '"login form"', true],
    ['a beginning', 'inj*', true],
    ['what would be an error', '(injection AND [', false],
    ['nothing', '', true],
  ])('%s', (_, query, expected) => {
    expect(compileSimpleQuery(query, [])(ENTITY)).toBe(expected);
  });
});
