import type { Rule } from './rule.ts';

/** Sigma 2.1 correlation types. */
export const CORRELATION_TYPES = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
] as const;
export type CorrelationType = (typeof CORRELATION_TYPES)[number];

export type ComparisonOperator = 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'neq';

/** One comparison of a correlation's condition; several together form a range. */
export interface Comparison {
  readonly operator: ComparisonOperator;
  readonly value: number;
}

/** A Sigma correlation document, its references resolved to rule ids. */
export interface CorrelationRule {
  readonly rule: Rule;
  readonly type: CorrelationType;
  /** Ids of the rules or correlations that it refers to, in document order. */
  readonly rules: readonly string[];
  /** Ids of the rules whose events, in the same group, empty the window: what came before one of them no longer counts. */
  readonly resets: readonly string[];
  /** Field names or aliases; events group by all of them together. Empty: one group for all. */
  readonly groupBy: readonly string[];
  readonly timespanMs: number;
  /** All must hold. `temporal` without a condition has `gte` the number of rules. */
  readonly condition: readonly Comparison[];
  /** Fields of `value_*` types; several count distinct tuples. */
  readonly fields: readonly string[];
  /** For `value_percentile`: 0 to 100. */
  readonly percentile: number | null;
  /** alias -> rule id -> field name. */
  readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** True when the rules it refers to also alert on their own. */
  readonly generate: boolean;
}

/** Whether a number is one that a condition asks for. */
export function meets(condition: readonly Comparison[], value: number): boolean {
  return condition.every((comparison) => compare(comparison, value));
}

function compare({ operator, value: limit }: Comparison, value: number): boolean {
  switch (operator) {
    case 'gt':
      return value > limit;
    case 'gte':
      return value >= limit;
    case 'lt':
      return value < limit;
    case 'lte':
      return value <= limit;
    case 'eq':
      return value === limit;
    case 'neq':
      return value !== limit;
  }
}
