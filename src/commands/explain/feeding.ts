import { fieldValue, type RuleSet } from '../../detect/detect.ts';
import type { CorrelationRule } from '../../model/correlation.ts';
import type { AccessLogEntry } from '../../model/entry.ts';
import { type CorrelateOptions, correlationRun, type DetectedLine } from '../rules/correlation-run.ts';

/** A correlation to which a line counts. */
export interface Feeding {
  readonly correlation: CorrelationRule;
  /** Ids of the rules or correlations by which it does. */
  readonly by: readonly string[];
  /** Values of the group-by fields; null for one that the log does not hold: then the line does not correlate. */
  readonly group: Readonly<Record<string, string | number | null>>;
}

/** How near some lines together bring a correlation to its condition. */
export interface WindowCount {
  readonly correlation: CorrelationRule;
  readonly fired: boolean;
  /** The most that one window counted; null for types that do not count. */
  readonly count: number | null;
}

const COUNTING: readonly CorrelationRule['type'][] = ['event_count', 'value_count', 'temporal', 'temporal_ordered'];

/** The correlations that a line counts to when rules of these ids match it, those that build on others included. */
export function feedingsOf(
  { correlations }: RuleSet,
  entry: AccessLogEntry,
  matched: ReadonlySet<string>,
): readonly Feeding[] {
  const reached = new Set(matched);
  const feedings = new Map<string, Feeding>();
  // The set grows while it is walked: a correlation that is fed may feed others.
  for (const id of reached) {
    for (const correlation of correlations.filter(({ rules }) => rules.includes(id))) {
      const { rule, groupBy, aliases } = correlation;
      const known = feedings.get(rule.id);
      const fields = groupBy.map((name) => [name, fieldValue(entry, aliases[name]?.[id] ?? name)] as const);
      const group = known?.group ?? Object.fromEntries(fields);
      feedings.set(rule.id, { correlation, by: [...(known?.by ?? []), id], group });
      reached.add(rule.id);
    }
  }
  return [...feedings.values()];
}

/**
 * Measures a window by asking the correlate stage: the count is the largest number for which "at least so many" would
 * have fired.
 */
export function countWindow(
  { correlations }: RuleSet,
  correlation: CorrelationRule,
  options: CorrelateOptions,
  lines: readonly DetectedLine[],
): WindowCount {
  const { id } = correlation.rule;
  const fires = (least: number): boolean =>
    correlationRun(correlations, id, options, [{ operator: 'gte', value: least }])(lines).length > 0;
  return {
    correlation,
    fired: correlationRun(correlations, id, options)(lines).length > 0,
    count: COUNTING.includes(correlation.type)
      ? largest(fires, Math.max(lines.length, correlation.rules.length))
      : null,
  };
}

/** The largest number up to `limit` that satisfies a test which all smaller numbers above 0 satisfy, too. */
function largest(test: (value: number) => boolean, limit: number): number {
  let [low, high] = [0, limit];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (test(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
