import { expect, it } from 'vitest';
import { emptyBaseline, noteAbsent, noteServed, restoreBaseline, saveBaseline } from '../../src/correlate/baseline.ts';
import { emptyCounts } from '../../src/correlate/counts.ts';

it('is the same after it was stored, what there was no room for included', () => {
  const baseline = emptyBaseline(2);
  const counts = emptyCounts();
  noteAbsent(baseline, 'www.example.org', 5, counts);
  for (const bytes of [100, 1000]) {
    noteServed(baseline, 'www.example.org', { stem: '/.env', bytes, time: bytes }, counts);
  }
  expect(baseline.refused).toBe(1000);
  expect(restoreBaseline(saveBaseline(baseline), 2)).toEqual(baseline);
});
