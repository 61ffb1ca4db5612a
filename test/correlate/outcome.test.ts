import { describe, expect, it } from 'vitest';
import { outcomeOf, worseOutcome } from '../../src/correlate/outcome.ts';
import { makeEntry } from './fixtures.ts';

describe('the outcome of an answer', () => {
  it.each([
    [200, 'attempt'],
    [302, 'attempt'],
    [304, 'attempt'],
    [400, 'refused'],
    [401, 'refused'],
    [403, 'refused'],
    [404, 'attempt'],
    [405, 'refused'],
    [406, 'refused'],
    [407, 'refused'],
    [408, 'attempt'],
    [410, 'attempt'],
    [414, 'refused'],
    [429, 'refused'],
    [444, 'refused'],
    [499, 'attempt'],
    [500, 'attempt'],
    [501, 'refused'],
    [503, 'attempt'],
    [null, 'attempt'],
  ])('%s is %s', (status, outcome) => {
    expect(outcomeOf(makeEntry(0, { status }))).toBe(outcome);
  });

  it.each([
    ['refused', 'attempt', 'attempt'],
    ['attempt', 'refused', 'attempt'],
    ['success', 'attempt', 'success'],
    ['refused', 'success', 'success'],
    ['refused', 'refused', 'refused'],
  ] as const)('%s and %s together are %s', (a, b, together) => {
    expect(worseOutcome(a, b)).toBe(together);
  });
});
