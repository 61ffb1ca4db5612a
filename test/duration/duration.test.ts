import { expect, it } from 'vitest';
import { parseDuration } from '../../src/duration/duration.ts';

it.each([
  ['250ms', 250],
  ['90s', 90_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['2d', 172_800_000],
  ['5', null],
  ['5 m', null],
  ['-5m', null],
  ['1.5h', null],
])('parseDuration(%s) is %s', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});
