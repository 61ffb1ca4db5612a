/**
 * Sightline as a library: a whole run, its stages one by one, and the client of Cisco's threat intelligence API.
 *
 * ```ts
 * const rules = await loadRules([DEFAULT_RULES]);
 * const sources = await findSources(['access.log']);
 * const sink = stdoutSink({ output: process.stdout });
 * const { tally } = await runBatch({ ...BATCH_DEFAULTS, sources, rules, sink });
 * ```
 */
import { COMPOSER_DEFAULTS } from './compose/compose.ts';
import { CORRELATOR_DEFAULTS } from './correlate/correlate.ts';
import type { BatchPlan } from './pipeline/pipeline.ts';
import { DEFAULT_MAX_LINE_BYTES } from './read/read.ts';

/** A plan without sources, rules and a sink: any Apache format, nothing allowed, everything of any time. */
export const BATCH_DEFAULTS: Omit<BatchPlan, 'sources' | 'rules' | 'sink'> = {
  read: { maxLineBytes: DEFAULT_MAX_LINE_BYTES },
  format: null,
  jsonFields: {},
  client: { trustedProxies: [] },
  allow: [],
  correlate: CORRELATOR_DEFAULTS,
  compose: COMPOSER_DEFAULTS,
  sinceMs: Number.NEGATIVE_INFINITY,
  untilMs: Number.POSITIVE_INFINITY,
  onHit() {},
  onReject() {},
  onProgress() {},
  onUndelivered: (_, receipt) => Promise.resolve(receipt),
  onDelivered: () => Promise.resolve(),
};

export { type ComposerOptions, composer, type TargetFacts } from './compose/compose.ts';
export { type Correlator, type CorrelatorOptions, correlator } from './correlate/correlate.ts';
export { type CtiaClient, CtiaError, type CtiaOptions, ctiaClient } from './ctia/ctia.ts';
export { ctiaSink, fileSink, type Sink, stdoutSink } from './deliver/deliver.ts';
export {
  DEFAULT_RULES,
  type Detector,
  detector,
  fieldValue,
  loadRules,
  type RuleSet,
  readRules,
} from './detect/detect.ts';
export type { AccessLogEntry } from './model/entry.ts';
export { SightlineError } from './model/errors.ts';
export type { Hit } from './model/hit.ts';
export type { Incident } from './model/incident.ts';
export type { LogLine } from './model/line.ts';
export type { Parcel, Receipt } from './model/parcel.ts';
export type { Reject } from './model/reject.ts';
export type { Rule } from './model/rule.ts';
export type { Tally } from './model/tally.ts';
export { findFormat, isReject, type LineParser, type LogFormat, parser } from './parse/parse.ts';
export { type BatchPlan, type BatchResult, runBatch } from './pipeline/pipeline.ts';
export { findSources, type Source } from './read/read.ts';
