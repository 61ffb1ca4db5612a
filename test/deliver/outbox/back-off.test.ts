import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backOffMs, MAX_BACK_OFF_MS } from '../../../src/deliver/outbox/back-off.ts';

it.each([
  [1, 0.999_999, 2000],
  [2, 0.5, 2000],
  [3, 0.999_999, 8000],
  [3, 0, 1000],
  [8, 0.999_999, 256_000],
  [9, 0.999_999, 300_000],
  [5000, 0.5, 150_000],
])('after %i failures, with chance %f: %i ms', (failures, chance, ms) => {
  expect(backOffMs(failures, () => chance)).toBe(ms);
});

it('is always between a second and the bound', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), chance, (failures, random) => {
      const ms = backOffMs(failures, () => random);
      return Number.isInteger(ms) && ms >= 1000 && ms <= MAX_BACK_OFF_MS;
    }),
  );
});
