import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ownText, textPool } from '../../src/model/own-text.ts';
import { bytesKept } from '../support/bytes-kept.ts';

it('is the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      expect(ownText(text)).toBe(text);
    }),
  );
});

it('gives texts of a pool as they are, also when it begins anew', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('', 'a', 'b', 'c', 'd')), (texts) => {
      expect(texts.map(textPool(2))).toEqual(texts);
    }),
  );
});

it('gives long texts of a pool as they are, and keeps none', () => {
  const pool = textPool(10_000);
  const long = (n: number) => `${n} `.repeat(1000);
  const kept = bytesKept(() => {
    for (let n = 0; n < 2000; n++) expect(pool(long(n))).toBe(long(n));
  });
  expect(kept).toBeLessThan(1_000_000);
  expect(pool(long(1))).toBe(long(1));
});
