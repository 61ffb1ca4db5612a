import { expect, it } from 'vitest';
import { evidenceTable } from '../../src/compose/evidence-table.ts';
import { evidenceOf } from './fixtures.ts';

it('quotes lines so that they can be found and checked', () => {
  const { columns, rows, row_count } = evidenceTable([evidenceOf({ text: 'GET /\u001b[2J caf\u00c3\u00a9' })]);
  expect(Object.fromEntries(columns.map(({ name }, index) => [name, rows[0]?.[index]]))).toEqual({
    file: 'access.log',
    line: 12,
    offset: 1000,
    length: 80,
    sha256: 'ab'.repeat(32),
    time: '2025-10-10T13:55:36.000Z',
    field: 'cs-uri-query',
    view: 'decoded',
    matched: 'union select',
    text: 'GET /\\x1b[2J café',
  });
  expect(row_count).toBe(1);
});

it('cuts a long line', () => {
  const [row] = evidenceTable([evidenceOf({ text: 'x'.repeat(5000) })]).rows;
  expect(row?.at(-1)).toBe(`${'x'.repeat(2045)}...`);
});
