import type { AccessLogEntry } from './entry.ts';
import type { Observable } from './observable.ts';
import type { Rule } from './rule.ts';

/** Where a rule found what it looked for. */
export interface Match {
  /** Sigma field name, or `keywords` for the whole line. */
  readonly field: string;
  /** How the text was seen: `raw`, `decoded`, `decoded-twice`, `folded` and so on; see docs/rules.md. */
  readonly view: string;
  /** The matching text of that view, at most 200 code units. */
  readonly text: string;
}

/**
 * One rule on one line. A correlation that fired makes a hit of its own for each line that it counted, with the
 * correlation as rule. The entry of a hit owns its text: holding it pins no chunk of the log.
 */
export interface Hit {
  readonly rule: Rule;
  readonly entry: AccessLogEntry;
  readonly match: Match;
  /** What the rule's own `sightline.extract` found beyond the client and the requested URL. */
  readonly observables: readonly Observable[];
}
