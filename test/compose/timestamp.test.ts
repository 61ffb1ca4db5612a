import { expect, it } from 'vitest';
import { countOf, toClock, toDuration, toSpan, toTimestamp } from '../../src/compose/timestamp.ts';

it.each([
  ['a time of the log', Date.UTC(2025, 9, 10, 13, 55, 36, 7), '2025-10-10T13:55:36.007Z'],
  ['a time before 1970', -1, '1970-01-01T00:00:00.000Z'],
  ['a time that CTIM has no room for', Date.UTC(9999, 0), '2525-01-01T00:00:59.999Z'],
])('writes %s', (_, ms, text) => {
  expect(toTimestamp(ms)).toBe(text);
});

it('writes a time for people', () => {
  expect(toClock(Date.UTC(2025, 9, 10, 13, 55, 36, 999))).toBe('2025-10-10 13:55:36 UTC');
});

it.each([
  [1000, '1 second'],
  [59_000, '59 seconds'],
  [60_000, '1 minute'],
  [100_000, '2 minutes'],
  [7_200_000, '2 hours'],
  [86_400_000, '1 day'],
])('calls %i ms %s', (ms, text) => {
  expect(toDuration(ms)).toBe(text);
});

it('uses the plural it is given', () => {
  expect([countOf(1, 'match', 'es'), countOf(2, 'match', 'es'), countOf(0, 'rule')]).toEqual([
    '1 match',
    '2 matches',
    '0 rules',
  ]);
});

it.each([
  ['one second', 400, 'at 2025-10-10 13:55:36 UTC'],
  ['one day', 60_000, 'from 2025-10-10 13:55:36 UTC to 13:56:36 UTC'],
  ['several days', 86_400_000, 'from 2025-10-10 13:55:36 UTC to 2025-10-11 13:55:36 UTC'],
])('toSpan within %s', (_, lengthMs, expected) => {
  const first = Date.UTC(2025, 9, 10, 13, 55, 36);
  expect(toSpan(first, first + lengthMs)).toBe(expected);
});
