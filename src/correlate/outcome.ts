import type { AccessLogEntry } from '../model/entry.ts';
import type { Outcome } from '../model/incident.ts';

const RANKS: Readonly<Record<Outcome, number>> = { refused: 0, attempt: 1, success: 2 };

/** Nothing was there (404, 410), or the request did not come to an end (408, 499): nobody refused anything. */
const NOT_REFUSALS: ReadonlySet<number> = new Set([404, 408, 410, 499]);
/** Server errors that say no: not implemented, version not supported, authentication required by the network. */
const REFUSING_ERRORS: ReadonlySet<number> = new Set([501, 505, 511]);

/**
 * What a status alone tells. 2xx is no success by itself: many applications answer everything with 200. No status,
 * redirects and server errors leave it open.
 */
export function outcomeOf({ status }: AccessLogEntry): Outcome {
  if (status === null) return 'attempt';
  const refused = status >= 400 && status < 500 ? !NOT_REFUSALS.has(status) : REFUSING_ERRORS.has(status);
  return refused ? 'refused' : 'attempt';
}

/** The outcome of several lines: the best that the attacker got. */
export function worseOutcome(a: Outcome, b: Outcome): Outcome {
  return RANKS[a] >= RANKS[b] ? a : b;
}
