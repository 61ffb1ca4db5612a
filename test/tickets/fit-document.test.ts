import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Block, Document } from '../../src/tickets/document.ts';
import { fitDocument } from '../../src/tickets/fit-document.ts';
import { MARKUPS } from '../../src/tickets/markup.ts';

const REST = 'rest';
const DOCUMENT: Document = [
  { kind: 'heading', text: 'h' },
  { kind: 'list', items: ['l1', 'l2'] },
  { kind: 'table', head: ['t'], rows: [['r1'], ['r2']] },
  { kind: 'code', text: 'c1\nc2' },
  { kind: 'paragraph', spans: 'p' },
];
const wordsOf = (document: Document): string[] => MARKUPS.plain(document).match(/\b([hlrcp]\d?|rest)\b/g) ?? [];

it.each([
  [8, ['h', 'l1', 'l2', 'r1', 'r2', 'c1', 'c2', 'p']],
  [7, ['h', 'l1', 'l2', 'r1', 'r2', 'c1', 'rest']],
  [5, ['h', 'l1', 'l2', 'r1', 'rest']],
  [3, ['h', 'l1', 'rest']],
  [2, ['h', 'rest']],
  [1, ['rest']],
  // What nobody has room for is said all the same.
  [0, ['rest']],
])('keeps as much of the beginning as fits into %d words', (room, expected) => {
  const fits = (document: Document): boolean => wordsOf(document).length <= room;
  expect(wordsOf(fitDocument(DOCUMENT, REST, fits))).toEqual(expected);
});

it('fits whatever the document, or says no more than that there is a rest', () => {
  const line = fc.string({ maxLength: 20 });
  const block: fc.Arbitrary<Block> = fc.oneof(
    fc.record({ kind: fc.constant('paragraph' as const), spans: line }),
    fc.record({ kind: fc.constant('list' as const), items: fc.array(line, { minLength: 1, maxLength: 5 }) }),
    fc.record({ kind: fc.constant('code' as const), text: line }),
  );
  fc.assert(
    fc.property(fc.array(block, { maxLength: 8 }), fc.integer({ min: 10, max: 200 }), (document, room) => {
      const fits = (part: Document): boolean => MARKUPS.html(part).length <= room;
      const fitted = fitDocument(document, REST, fits);
      if (fits(document)) {
        expect(fitted).toBe(document);
        return;
      }
      expect(fits(fitted) || fitted.length === 1).toBe(true);
      expect(fitted.at(-1)).toEqual({ kind: 'paragraph', spans: REST });
    }),
  );
});
