import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildAutomaton, follow } from '../../../src/detect/prefilter/automaton.ts';
import { START, Steps } from '../../../src/detect/prefilter/steps.ts';

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

it('is stepped through from a table of some of its rows as it is followed', () => {
  const letters = fc.constantFrom('a', 'b', 'c', 'd');
  const needle = fc.string({ unit: letters, minLength: 1, maxLength: 6 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', 'x'), maxLength: 60 });
  const needles = fc.uniqueArray(needle, { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(needles, fc.array(text, { maxLength: 4 }), fc.integer({ min: 2, max: 12 }), (words, texts, maxRows) => {
      const automaton = buildAutomaton(words);
      const { classes, tells, width } = automaton;
      const steps = new Steps(automaton, maxRows);
      for (const one of texts) {
        let [state, row] = [0, START];
        for (let i = 0; i < one.length; i += 1) {
          const wanted = classes[one.charCodeAt(i)] ?? 0;
          state = follow(automaton, state, wanted);
          const step = steps.table[row * width + wanted] || steps.find(row, wanted);
          row = step >> 1;
          expect([steps.stateOf(row), step & 1]).toEqual([state, tells[state]]);
        }
      }
      expect(steps.table.length).toBeLessThanOrEqual((maxRows + START) * width);
    }),
  );
});
