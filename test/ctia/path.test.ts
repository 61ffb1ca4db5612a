import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortIdOf } from '../../src/ctia/ctia.ts';
import { pathOf, queryOf, withoutQuery } from '../../src/ctia/path.ts';

describe('pathOf', () => {
  it('keeps each segment whole, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (segments) => {
        const path = pathOf(...segments);
        expect(path).toMatch(/^[\w/%.!~*'()-]*$/);
        expect(path.split('/').slice(1).map(decodeURIComponent)).toEqual(segments);
      }),
    );
  });
});

describe('queryOf', () => {
  it.each([
    [undefined, ''],
    [{}, ''],
    [{ a: undefined, b: [] }, ''],
    [{ a: 'x y', b: 1, c: false, d: ['1', '&='] }, '?a=x+y&b=1&c=false&d=1&d=%26%3D'],
  ])('%j is %s', (query, expected) => {
    expect(queryOf(query)).toBe(expected);
  });
});

it.each([
  ['/a?b=c?d', '/a'],
  ['/a', '/a'],
])('withoutQuery: %s is %s', (path, expected) => {
  expect(withoutQuery(path)).toBe(expected);
});

it.each([
  ['https://private.intel.amp.cisco.com:443/ctia/incident/incident-1', 'incident-1'],
  ['incident-1', 'incident-1'],
])('shortIdOf: %s is %s', (id, expected) => {
  expect(shortIdOf(id)).toBe(expected);
});
