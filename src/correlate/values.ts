import type { CorrelationRule, CorrelationType } from '../model/correlation.ts';

/** The values in a window, as its correlation's type asks for them. */
export interface Values {
  /** `value_count`: each distinct value and how often it is there. */
  distinct: Map<string | number, number> | null;
  /** `value_percentile`: in order. */
  ordered: number[] | null;
  sum: number;
  count: number;
}

export function emptyValues(type: CorrelationType): Values {
  return {
    distinct: type === 'value_count' ? new Map() : null,
    ordered: type === 'value_percentile' ? [] : null,
    sum: 0,
    count: 0,
  };
}

export function addValue(values: Values, value: string | number): void {
  values.count++;
  if (values.distinct !== null) values.distinct.set(value, (values.distinct.get(value) ?? 0) + 1);
  if (typeof value !== 'number') return;
  values.sum += value;
  values.ordered?.splice(placeOf(values.ordered, value), 0, value);
}

export function removeValue(values: Values, value: string | number): void {
  values.count--;
  if (values.distinct !== null) {
    const left = (values.distinct.get(value) ?? 0) - 1;
    if (left > 0) values.distinct.set(value, left);
    else values.distinct.delete(value);
  }
  if (typeof value !== 'number') return;
  values.sum -= value;
  values.ordered?.splice(placeOf(values.ordered, value), 1);
}

/** NaN, which satisfies no comparison but `neq`, when there are no values. */
export function measureValues({ distinct, ordered, sum, count }: Values, correlation: CorrelationRule): number {
  if (distinct !== null) return distinct.size;
  if (ordered !== null) return percentileOf(ordered, correlation.percentile ?? 100);
  return correlation.type === 'value_sum' ? sum : sum / count;
}

/** The nearest rank: the smallest value that at least `percentile` percent of the values do not exceed. */
function percentileOf(ordered: readonly number[], percentile: number): number {
  const rank = Math.max(1, Math.ceil((percentile / 100) * ordered.length));
  return ordered[rank - 1] ?? Number.NaN;
}

/** Index of the first value that is not below `value`. */
function placeOf(ordered: readonly number[], value: number): number {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ordered[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
