import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readJsonTime } from '../../src/parse/json-time.ts';

const TIME = Date.UTC(2025, 9, 10, 13, 55, 36);

it.each<[value: unknown, expected: number]>([
  ['2025-10-10T13:55:36Z', TIME],
  ['2025-10-10T13:55:36', TIME],
  ['2025-10-10 13:55:36 UTC', TIME],
  ['2025-10-10T13:55Z', TIME - 36_000],
  ['2025-10-10T13:55:36.1239999Z', TIME + 123],
  ['2025-10-10T13:55:36,5+02:00', TIME + 500 - 7_200_000],
  ['2025-10-10T13:55:36-0730', TIME + 27_000_000],
  ['2025-10-10T13:55:36+02', TIME - 7_200_000],
  ['[10/Oct/2025:13:55:36 +0000]', TIME],
  ['10/Oct/2025:13:55:36 +0000', TIME],
  [TIME / 1000, TIME],
  [TIME / 1000 + 0.5, TIME + 500],
  [TIME, TIME],
  [TIME * 1000, TIME],
  [String(TIME / 1000), TIME],
  [`${TIME / 1000}.250`, TIME + 250],
  [`${TIME}`, TIME],
  [`${TIME}123456`, TIME],
  ['2025-02-30T00:00:00Z', Number.NaN],
  ['2025-10-10T13:55:36+24:00', Number.NaN],
  ['2025-10-10T13:55:36+02:60', Number.NaN],
  ['2025-10-10', Number.NaN],
  ['10/Oct/2025', Number.NaN],
  [-1, Number.NaN],
  [1e30, Number.NaN],
  [true, Number.NaN],
  [null, Number.NaN],
  ['1'.repeat(60), Number.NaN],
])('%j', (value, expected) => {
  expect(readJsonTime(value)).toBe(expected);
});

it('agrees with Date on ISO 8601', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date(Date.UTC(2100, 11, 31)), noInvalidDate: true }), (date) => {
      expect(readJsonTime(date.toISOString())).toBe(date.getTime());
    }),
  );
});
