/** Sigma's levels, weakest first. */
export const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

/** Position of a level in {@link LEVELS}: a larger rank is worse. */
export function rankOf(level: Level): number {
  return LEVELS.indexOf(level);
}

/** What a person and the later stages need to know of a Sigma rule or correlation; how it matches is detect's own. */
export interface Rule {
  /** The document's `id`, or `name`, or a slug of its title when it has neither. Unique within a rule set. */
  readonly id: string;
  readonly name: string | null;
  readonly title: string;
  readonly kind: 'detection' | 'correlation';
  readonly level: Level;
  readonly status: string | null;
  readonly description: string | null;
  readonly author: string | null;
  /** SPDX id or text of the rule's `license`, or of the rule folder's licence file. */
  readonly license: string | null;
  readonly references: readonly string[];
  readonly tags: readonly string[];
  /** ATT&CK technique ids out of the tags, upper case: `T1190`, `T1505.003`. */
  readonly techniques: readonly string[];
  /** ATT&CK tactic ids out of the tags: `TA0001`. */
  readonly tactics: readonly string[];
  readonly falsepositives: readonly string[];
  /**
   * What an answer must look like to be a probable success: `served`, because what was asked for should not be there at
   * all; `larger`, clearly larger than this path's ordinary answers. Absent: the log cannot tell.
   */
  readonly success?: 'served' | 'larger';
  /** False for a rule that serves only correlations: it makes no hit of its own. */
  readonly alerts: boolean;
  /** File it came from, relative to its rule folder. */
  readonly path: string;
}
