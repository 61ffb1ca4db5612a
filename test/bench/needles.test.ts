import { expect, it } from 'vitest';
import { makeLog } from '../../bench/make-log.ts';
import { NEEDLES } from '../../bench/needles.ts';

const any = new RegExp(NEEDLES.join('|'));

it('has 110 alternatives, each another', () => {
  expect(new Set(NEEDLES).size).toBe(110);
});

it.each([
  ['few ordinary lines', 0, 0, 0.01],
  ['many of the attacks', 0.4, 0.1, 0.4],
])('finds %s', (_, attackShare, least, most) => {
  const lines = [...makeLog({ lines: 5000, attackShare })].join('').split('\n').slice(0, -1);
  const found = lines.filter((line) => any.test(line)).length / lines.length;
  expect(found).toBeGreaterThanOrEqual(least);
  expect(found).toBeLessThan(most);
});
