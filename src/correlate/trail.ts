import type { AccessLogEntry } from '../model/entry.ts';
import type { Hit } from '../model/hit.ts';
import { emptyStore, type GroupStore, type Stored } from './group-store.ts';
import type { Packer } from './packer.ts';
import { defineCorrelation, type Listener, type Post } from './plan.ts';
import type { Unpacker } from './unpacker.ts';

/**
 * Lines with one key that hit one rule, oldest first, kept once for all correlations that wait for them and in place of
 * their windows, as long as none of these can fire. Most lines of a log go no further.
 */
export interface Trail extends Stored {
  /** Time of the newest line. */
  newest: number;
  /** Number of lines. */
  held: number;
  /** From `start` on; null once the correlations have windows of their own for this key. */
  hits: Hit[] | null;
  start: number;
}

/** Correlations that hear of lines by the same rule and group them by the same fields. */
export interface Track {
  readonly rule: string;
  readonly groupBy: readonly string[];
  readonly listeners: readonly Listener[];
  /** The least number of lines at which one of the correlations may have to look for itself. */
  readonly limit: number;
  readonly store: GroupStore<Trail>;
}

export function emptyTrack(
  rule: string,
  groupBy: readonly string[],
  listeners: readonly Listener[],
  maxGroups: number,
): Track {
  const timespanMs = Math.max(...listeners.map(({ post }) => post.correlation.timespanMs));
  const limit = Math.min(...listeners.map(({ post }) => limitOf(post)));
  return { rule, groupBy, listeners, limit, store: emptyStore(timespanMs, maxGroups) };
}

/** So many lines of one rule can neither satisfy the condition nor reach the bound of a window. */
function limitOf({ temporal, leastCount, maxEvents }: Post): number {
  return temporal ? maxEvents : Math.min(leastCount - 1, maxEvents);
}

export function emptyTrail(hit: Hit): Trail {
  return { newest: hit.entry.time, held: 1, generation: 0, hits: [hit], start: 0 };
}

/** For a key whose correlations have windows of their own. */
export function awakeTrail(newest: number): Trail {
  return { newest, held: 0, generation: 0, hits: null, start: 0 };
}

/**
 * Adds the newest line, and drops those that have left the longest of the windows.
 * @returns false when a correlation may have to look for itself: the line was not added.
 */
export function lengthenTrail({ listeners, limit, store }: Track, trail: Trail, hits: Hit[], hit: Hit): boolean {
  const { time } = hit.entry;
  const floor = time - store.timespanMs;
  while ((hits[trail.start]?.entry.time ?? floor) < floor) trail.start++;
  trail.held = hits.length - trail.start;
  if (trail.held >= limit && listeners.some(({ post }) => countSince(trail, hits, post, time) >= limitOf(post))) {
    return false;
  }
  trail.newest = time;
  trail.held++;
  if (trail.start > hits.length / 2) {
    trail.hits = hits.slice(trail.start);
    trail.hits.push(hit);
    trail.start = 0;
  } else {
    hits.push(hit);
  }
  return true;
}

/** Number of lines that the window of a correlation would hold at `time`. */
function countSince({ start }: Trail, hits: readonly Hit[], { correlation }: Post, time: number): number {
  const floor = time - correlation.timespanMs;
  let low = start;
  let high = hits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(hits[middle]) < floor) low = middle + 1;
    else high = middle;
  }
  return hits.length - low;
}

function timeOf(hit: Hit | undefined): AccessLogEntry['time'] {
  return hit?.entry.time ?? Number.POSITIVE_INFINITY;
}

/** A trail as it is stored; without names, since most lines of a log have one. */
export type TrailState = readonly [newest: number, hits: readonly number[] | null];

export function saveTrail({ newest, hits, start }: Trail, pack: Packer): TrailState {
  return [newest, hits === null ? null : hits.slice(start).map(pack.hit)];
}

export function restoreTrail([newest, stored]: TrailState, unpack: Unpacker): Trail {
  const hits = stored?.map(unpack.hit) ?? null;
  return { newest, held: hits?.length ?? 0, generation: 0, hits, start: 0 };
}

/** What the trails of a track mean. */
export function defineTrack({ rule, groupBy, listeners }: Track): string {
  const correlations = listeners.map(({ post: { correlation } }) => [
    correlation.rule.id,
    defineCorrelation(correlation),
  ]);
  return JSON.stringify([rule, groupBy, ...correlations]);
}
