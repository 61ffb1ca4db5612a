import type { CorrelationRule } from '../../model/correlation.ts';
import type { Fault } from '../../model/errors.ts';
import type { Rule } from '../../model/rule.ts';
import type { Node, Spot } from '../match/node.ts';
import type { Extraction, ProofCase } from './sightline.ts';

/** A Sigma filter as it applies to rules: where its condition does not hold, it suppresses what they match. */
export interface RuleFilter {
  readonly id: string;
  readonly title: string;
  /** File it came from, relative to its rule folder. */
  readonly path: string;
  readonly node: Node;
}

/** A detection rule, ready to be evaluated. */
export interface CompiledRule {
  readonly rule: Rule;
  /** The rule's own condition. */
  readonly node: Node;
  /** The filters that apply, in order of folder, path and document: all of them must hold, too. */
  readonly filters: readonly RuleFilter[];
  /** False when the log source is none of access logs: the rule is never evaluated. */
  readonly isForAccessLogs: boolean;
  readonly extractions: readonly Extraction[];
  /** Where its condition stands. */
  readonly locate: () => Spot;
}

/** The proofs of one rule or correlation. */
export interface Proof {
  readonly rule: Rule;
  readonly cases: readonly ProofCase[];
}

/** Everything that was read from rule folders. */
export interface RuleSet {
  /** Detection rules, in order of folder, path and document. */
  readonly rules: readonly Rule[];
  readonly correlations: readonly CorrelationRule[];
  readonly proofs: readonly Proof[];
  readonly warnings: readonly Fault[];
  /** The same rules with how they match: for this stage only. */
  readonly compiled: readonly CompiledRule[];
  /** Where a key of a correlation stands, by its id. */
  readonly correlationSpots: ReadonlyMap<string, (key: 'rules' | 'group-by' | 'condition') => Spot>;
}
