import type { Comparison } from '../model/correlation.ts';

/**
 * True when the condition asks for "at least": it can be answered as soon as enough has come. The others (`lt`, `lte`,
 * `eq`, `neq` alone) are true or false only of a window that is over.
 */
export function risesTo(condition: readonly Comparison[]): boolean {
  return condition.some(({ operator }) => operator === 'gt' || operator === 'gte');
}

/** The smallest whole number, from 1 on, that all lower limits of the condition allow. */
export function lowestCount(condition: readonly Comparison[]): number {
  const limits = condition.map(({ operator, value }) =>
    operator === 'gte' ? Math.ceil(value) : operator === 'gt' ? Math.floor(value) + 1 : 1,
  );
  return Math.max(1, ...limits);
}
