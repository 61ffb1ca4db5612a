import { correlator } from '../../correlate/correlate.ts';
import { fieldValue } from '../../detect/detect.ts';
import type { Comparison, CorrelationRule } from '../../model/correlation.ts';
import type { AccessLogEntry } from '../../model/entry.ts';
import type { Hit } from '../../model/hit.ts';
import type { BatchPlan } from '../../pipeline/pipeline.ts';

/** A line and what detection found in it. */
export interface DetectedLine {
  readonly entry: AccessLogEntry;
  readonly hits: readonly Hit[];
}

/** How the run that is asked about would correlate. */
export type CorrelateOptions = BatchPlan['correlate'];

/** What a correlation counted of a stream of lines, taken for the only source of a run. */
export type CorrelationRun = (stream: readonly DetectedLine[]) => readonly Hit[];

/**
 * The correlate stage with one correlation and those that it builds on, so that it alone tells of its firings, whether it
 * alerts in earnest or not.
 *
 * @param condition - in place of its own
 */
export function correlationRun(
  all: readonly CorrelationRule[],
  id: string,
  options: CorrelateOptions,
  condition?: readonly Comparison[],
): CorrelationRun {
  const wanted = new Set([id]);
  // The set grows while it is walked: what is found brings in what it refers to.
  for (const one of wanted) for (const inner of all.find(({ rule }) => rule.id === one)?.rules ?? []) wanted.add(inner);
  const correlations = all
    .filter(({ rule }) => wanted.has(rule.id))
    .map((correlation) => {
      const isIt = correlation.rule.id === id;
      const rule = { ...correlation.rule, alerts: isIt };
      return { ...correlation, rule, condition: isIt ? (condition ?? correlation.condition) : correlation.condition };
    });
  return (stream) => {
    const correlation = correlator({ ...options, correlations, fieldValue });
    let clock = Number.NEGATIVE_INFINITY;
    for (const { entry, hits } of stream) {
      clock = Math.max(clock, entry.time);
      if (hits.length === 0) correlation.learn(entry, clock);
      else correlation.take(hits, clock);
    }
    return correlation.end().hits;
  };
}
