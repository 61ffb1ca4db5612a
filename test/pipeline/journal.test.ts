import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type JournalEntry, journal, readJournal } from '../../src/pipeline/journal.ts';

const source = fc.constantFrom('a.log', 'b.log', '-');
const line = fc.record({
  source,
  number: fc.nat(),
  offset: fc.maxSafeNat(),
  length: fc.nat(),
  text: fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)) }),
});
const entry: fc.Arbitrary<JournalEntry> = fc.oneof(
  { weight: 5, arbitrary: line.map((it) => ({ kind: 'line' as const, line: it })) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('format' as const), source, format: fc.string(), strays: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('advance' as const), watermark: fc.double() }) },
);

it('gives what was added, thing by thing, in as many parts as it was taken', () => {
  fc.assert(
    fc.property(fc.array(fc.array(entry)), (parts) => {
      const written = journal();
      const read = parts.flatMap((entries) => {
        for (const it of entries) written.add(it);
        const texts = entries.flatMap((it) => (it.kind === 'line' ? it.line.text : []));
        expect([written.lines, written.bytes]).toEqual([texts.length, texts.join('').length]);
        const taken = written.take();
        expect([written.lines, written.bytes]).toEqual([0, 0]);
        return taken === null ? [] : [...readJournal(taken)];
      });
      expect(read).toEqual(parts.flat());
    }),
  );
});

it('has nothing to give when nothing was added since', () => {
  const written = journal();
  expect(written.take()).toBeNull();
  written.add({ kind: 'advance', watermark: 1 });
  expect(written.take()).not.toBeNull();
  expect(written.take()).toBeNull();
});
