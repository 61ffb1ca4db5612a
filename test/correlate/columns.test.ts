import { expect, it } from 'vitest';
import { fromColumns, toColumns } from '../../src/correlate/columns.ts';

it('stores each key once and gives the rows back', () => {
  const columns = toColumns<string, { text: string; length: number | null }>(['one', 'three'], {
    text: (word) => word,
    length: (word) => (word.length > 3 ? word.length : null),
  });
  expect(columns).toEqual({ text: ['one', 'three'], length: [null, 5] });
  expect(fromColumns(columns)).toEqual([
    { text: 'one', length: null },
    { text: 'three', length: 5 },
  ]);
});

it('has no rows without columns', () => {
  expect(fromColumns({})).toEqual([]);
});
