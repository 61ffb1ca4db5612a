import { expect, it } from 'vitest';
import { shorten, table } from '../../src/commands/table.ts';

it('aligns columns by what is shown of hostile cells', () => {
  expect(
    table(
      ['A', 'B'],
      [
        ['x\u001b', 'end'],
        ['longer one', 'e'],
      ],
    ),
  ).toEqual(['A           B', 'x\\x1b       end', 'longer one  e']);
});

it.each([
  ['short', 10, 'short'],
  ['exactly', 7, 'exactly'],
  ['too long', 5, 'too …'],
  ['ab😀cd', 4, 'ab…'],
])('shortens %s to %i', (text, max, expected) => {
  expect(shorten(text, max)).toBe(expected);
});
