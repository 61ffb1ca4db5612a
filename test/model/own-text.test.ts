import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ownText, textPool } from '../../src/model/own-text.ts';

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
