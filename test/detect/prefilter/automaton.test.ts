import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildAutomaton, follow } from '../../../src/detect/prefilter/automaton.ts';

/** Positions of the needles that the automaton finds in a text. */
function find(needles: readonly string[], text: string): ReadonlySet<number> {
  const automaton = buildAutomaton(needles);
  const { classes, tells, starts, outputs } = automaton;
  const found = new Set<number>();
  let state = 0;
  for (let i = 0; i < text.length; i += 1) {
    state = follow(automaton, state, classes[text.charCodeAt(i)] ?? 0);
    const ending = outputs.subarray(starts[state], starts[state + 1]);
    expect(tells[state]).toBe(ending.length > 0 ? 1 : 0);
    for (const needle of ending) found.add(needle);
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
