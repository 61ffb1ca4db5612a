import { describe, expect, it } from 'vitest';
import { lowestCount, risesTo } from '../../src/correlate/condition.ts';
import type { Comparison, ComparisonOperator } from '../../src/model/correlation.ts';
import { meets } from '../../src/model/correlation.ts';

type Terms = Partial<Record<ComparisonOperator, number>>;

const conditionOf = (terms: Terms) =>
  Object.entries(terms).map(([operator, value]) => ({ operator, value }) as Comparison);

describe('a condition', () => {
  it.each<[Terms, boolean, boolean, boolean]>([
    [{ gt: 2 }, false, false, true],
    [{ gte: 2 }, false, true, true],
    [{ lt: 2 }, true, false, false],
    [{ lte: 2 }, true, true, false],
    [{ eq: 2 }, false, true, false],
    [{ neq: 2 }, true, false, true],
    [{ gt: 1, lt: 3 }, false, true, false],
  ])('%j of 1, 2 and 3', (terms, one, two, three) => {
    const condition = conditionOf(terms);
    expect([1, 2, 3].map((value) => meets(condition, value))).toEqual([one, two, three]);
  });

  it.each<[Terms, boolean, number]>([
    [{ gte: 3 }, true, 3],
    [{ gt: 3 }, true, 4],
    [{ gte: 2.5 }, true, 3],
    [{ gt: 2.5 }, true, 3],
    [{ gte: 0 }, true, 1],
    [{ gt: -5 }, true, 1],
    [{ gte: 2, gt: 4, lt: 9 }, true, 5],
    [{ lt: 3 }, false, 1],
    [{ eq: 3 }, false, 1],
    [{ neq: 3, lte: 9 }, false, 1],
  ])('%j: answered at each event %s, from %i events on', (terms, rises, lowest) => {
    expect(risesTo(conditionOf(terms))).toBe(rises);
    expect(lowestCount(conditionOf(terms))).toBe(lowest);
  });
});
