import type { AccessLogEntry } from '../model/entry.ts';
import { fieldOf } from './match/fields.ts';

export { DEFAULT_RULES, loadRules } from './load/load-rules.ts';
export { type RuleFile, readRules } from './load/read-rules.ts';
export type { Proof, RuleSet } from './load/rule-set.ts';
export type { ProofCase, ProofRequest } from './load/sightline.ts';
export { type Detector, type DetectorCounts, type DetectorOptions, detector } from './match/detector.ts';
export {
  type Explanation,
  explain,
  type FieldExplanation,
  type FilterExplanation,
  type ItemExplanation,
  type RuleExplanation,
} from './match/explain.ts';
export type { MatchPlace } from './match/place.ts';
export { reachability, unfilteredRules } from './match/reachability.ts';
export { Quiet } from './prefilter/prefilter.ts';

/** The value of a Sigma field, as correlations group and count by it: null when the log does not hold it. */
export function fieldValue(entry: AccessLogEntry, field: string): string | number | null {
  return fieldOf(field).scalar(entry);
}
