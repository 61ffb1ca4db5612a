import type { Caller } from './caller.ts';
import type { Audience } from './plan.ts';
import type { Sleepers } from './sleepers.ts';
import type { Kept, Track } from './trail.ts';

/** What correlations do about lines of which nothing is known but that the rule for every request hits them. */
export interface QuietWindows {
  /** The longest of the windows, ms. */
  readonly timespanMs: number;
  /** False when a correlation may have to look at the line, which is in time and is not taken then. */
  sleepsOver(caller: Caller, key: string, place: number, at: number): boolean;
  /** Takes back the lines of a turn, the latest, that were slept over. */
  takeBack(key: string, turn: number): readonly Kept[];
}

/** A line has a client and, being a request, a path; what else it has is not known before it is read as a whole. */
const KNOWN_FIELDS: ReadonlySet<string> = new Set(['c-ip', 'cs-uri-stem']);

/**
 * @param audience - of the rule that hits every request
 * @returns null when its correlations have to look at each line
 */
export function quietWindows(audience: Audience, sleeping: Sleepers): QuietWindows | null {
  const [track, ...others] = audience.tracks;
  if (track === undefined || others.length > 0 || !isQuiet(track, audience)) return null;
  return {
    timespanMs: track.store.timespanMs,
    sleepsOver: (caller, key, place, at) => sleeping.sleepsOver(track, caller, key, place, at),
    takeBack: (key, turn) => sleeping.takeBack(track, key, turn),
  };
}

function isQuiet({ groupBy, listeners }: Track, audience: Audience): boolean {
  return (
    listeners.length === audience.listeners.length &&
    groupBy.length === 1 &&
    groupBy[0] === 'c-ip' &&
    listeners.every(({ post, fields }) => !post.valued || fields.every((field) => KNOWN_FIELDS.has(field)))
  );
}
