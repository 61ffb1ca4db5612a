import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokeniseSql } from '../../../src/detect/recognise/sql-tokens.ts';

const kinds = (text: string, quote: '' | "'" | '"' = ''): string =>
  tokeniseSql(text, quote)
    .tokens.map(({ kind, word }) => `${kind}:${word}`)
    .join(' ');

describe('tokeniseSql', () => {
  it.each([
    ['1 or 1=1', 'number:1 word:or number:1 operator:= number:1'],
    ["'it''s' x", "string:it''s word:x"],
    ["'' = '", 'string: operator:= open:'],
    ['0x4142', 'number:0x4142'],
    ['5pm', 'word:5pm'],
    ['5or 6', 'number:5 word:or number:6'],
    ['1.5e3union', 'number:1.5e3 word:union'],
    ['dbo.t.c', 'word:dbo.t.c'],
    ['`a b`', 'name:a b'],
    ['@@version @x @', 'variable:@@version variable:@x operator:@'],
    ['$$x$$', 'string:x'],
    ['a/*b*/c', 'word:a word:c'],
    ['a /*b', 'word:a comment:b'],
    ['a--b', 'word:a operator:- operator:- word:b'],
    ['a -- b', 'word:a comment: b'],
    ['a -- b\nc', 'word:a word:c'],
    ['c# x', 'word:c mark:# word:x'],
    ['/*!50000select*/', 'word:select'],
    ['a<=>b', 'word:a operator:<=> word:b'],
  ])('reads %s', (text, expected) => {
    expect(kinds(text)).toBe(expected);
  });

  it('reads what follows a quote as the end of a string', () => {
    expect(kinds("admin'--x", "'")).toBe('break:admin comment:x');
  });

  it('pairs parentheses, an open one with the end', () => {
    const { closes } = tokeniseSql('((1)', '');
    expect([...closes]).toEqual([4, 3, 0, 0]);
  });

  it('makes ordered tokens that do not overlap, hence never more than characters', () => {
    const bits = fc.constantFrom(
      "'",
      '"',
      '`',
      '/*',
      '*/',
      '--',
      '#',
      '\n',
      '@',
      '$$',
      '1.',
      'e',
      '0x',
      'or',
      '(',
      ')',
      '.',
      ' ',
      'é',
    );
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 200 }), fc.constantFrom('' as const, "'" as const), (parts, quote) => {
        const text = parts.join('') + quote;
        let end = 0;
        for (const token of tokeniseSql(text, quote).tokens) {
          expect(token.start).toBeGreaterThanOrEqual(end);
          expect(token.end).toBeGreaterThan(token.start);
          end = token.end;
        }
        expect(end).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
