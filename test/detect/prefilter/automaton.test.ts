import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildAutomaton } from '../../../src/detect/prefilter/automaton.ts';

/** Positions of the needles that the automaton finds in a text. */
function find(needles: readonly string[], text: string): ReadonlySet<number> {
  const { classes, table, shift, firstOutput, starts, outputs } = buildAutomaton(needles);
  const found = new Set<number>();
  let state = 0;
  for (let i = 0; i < text.length; i += 1) {
    state = table[(state << shift) + (classes[text.charCodeAt(i)] ?? 0)] ?? 0;
    if (state < firstOutput) continue;
    for (const needle of outputs.subarray(starts[state - firstOutput], starts[state - firstOutput + 1]))
      found.add(needle);
  }
  return found;
}

it('finds every needle that a text holds, in any case, and no other', () => {
  const letters = fc.constantFrom('a', 'b', 'c', '/', '\u017f');
  const needle = fc.string({ unit: letters, minLength: 1, maxLength: 4 });
  const sample = fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'B', 'c', 'x', '/', '\u017f', 'é'), maxLength: 20 });
  fc.assert(
    fc.property(fc.uniqueArray(needle, { minLength: 1, maxLength: 12 }), sample, (needles, text) => {
      const held = needles.flatMap((part, index) => (text.toLowerCase().includes(part) ? [index] : []));
      expect([...find(needles, text)].sort((a, b) => a - b)).toEqual(held);
    }),
  );
});

it('takes letters as lower case takes them', () => {
  expect(find(['kelvin', 'xi'], '\u212aELVIN x\u0130')).toEqual(new Set([0, 1]));
});

it('finds nothing when it has no needles', () => {
  expect(find([], 'abc')).toEqual(new Set());
});
