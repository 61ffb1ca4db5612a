import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MetBefore } from '../../src/model/met-before.ts';

const hash = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).filter((one) => one !== 0);

describe('MetBefore', () => {
  it('knows a hash when it comes again, whatever one other came between', () => {
    fc.assert(
      fc.property(fc.array(hash, { minLength: 1, maxLength: 50 }), (hashes) => {
        const met = new MetBefore(16);
        for (const [index, one] of hashes.entries()) {
          met.meet(one);
          met.meet(hashes[index - 1] ?? one);
          expect(met.meet(one)).toBe(true);
        }
      }),
    );
  });

  it('takes no hash for another', () => {
    fc.assert(
      fc.property(fc.uniqueArray(hash, { maxLength: 200 }), (hashes) => {
        const met = new MetBefore(4);
        expect(hashes.filter((one) => met.meet(one))).toEqual([]);
      }),
    );
  });

  it('still knows most of as many hashes as are remembered', () => {
    const met = new MetBefore(1024);
    const hashes = Array.from({ length: 1024 }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
    for (const one of hashes) met.meet(one);
    expect(hashes.filter((one) => met.meet(one)).length).toBeGreaterThan(900);
  });
});
