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
  kept: Kept[] | null;
  start: number;
}

/** A line of a trail: a hit, or the place of a line that is put by because nothing else is known of it. */
export type Kept = Hit | number;

/** Knows the lines that are put by. */
export interface Shelf {
  /** Epoch ms; -Infinity for a line that had to make room. */
  timeOf(kept: Kept): number;
  /** In which turn a line that is put by was looked at; -1 for a hit. */
  turnOf(kept: Kept): number;
  /** In order, those of one turn by what they say; without those that had to make room. */
  hitsOf(kept: readonly Kept[]): readonly Hit[];
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
  return { rule, groupBy, listeners, limit, store: emptyStore(timespanMs, maxGroups, releaseTrail) };
}

/** So many lines of one rule can neither satisfy the condition nor reach the bound of a window. */
function limitOf({ temporal, leastCount, maxEvents }: Post): number {
  return temporal ? maxEvents : Math.min(leastCount - 1, maxEvents);
}

export function emptyTrail(kept: Kept, time: number): Trail {
  return { newest: time, held: 1, generation: 0, kept: [kept], start: 0 };
}

/** Begins again a trail that was released. */
export function reviveTrail(trail: Trail, place: number, time: number): void {
  trail.newest = time;
  trail.held = 1;
  trail.kept = [place];
}

/** Lets go of all that it holds. */
function releaseTrail(trail: Trail): void {
  trail.held = 0;
  trail.kept = null;
  trail.start = 0;
}

/** For a key whose correlations have windows of their own. */
export function awakeTrail(newest: number): Trail {
  return { newest, held: 0, generation: 0, kept: null, start: 0 };
}

/**
 * Makes room for the newest line: drops those that have left the longest of the windows.
 * @returns false when a correlation may have to look for itself.
 */
export function sleepsOn(track: Track, shelf: Shelf, trail: Trail, kept: readonly Kept[], time: number): boolean {
  const floor = time - track.store.timespanMs;
  while (trail.start < kept.length && shelf.timeOf(kept[trail.start] as Kept) < floor) trail.start++; // start < length
  trail.held = kept.length - trail.start;
  return trail.held < track.limit || isBelowLimits(track, shelf, trail, kept, time);
}

function isBelowLimits({ listeners }: Track, shelf: Shelf, trail: Trail, kept: readonly Kept[], time: number): boolean {
  return listeners.every(({ post }) => countSince(shelf, trail, kept, post, time) < limitOf(post));
}

/** Lists that an item is pushed to make room for 16 more, which most trails never have; `concat` makes none. */
const FEW = 4;

/** Adds the newest line. */
export function lengthenTrail(trail: Trail, kept: Kept[], one: Kept, time: number): void {
  trail.newest = time;
  trail.held++;
  if (kept.length < FEW || trail.start > kept.length / 2) {
    trail.kept = kept.slice(trail.start).concat(one);
    trail.start = 0;
  } else {
    kept.push(one);
  }
}

/** Takes back the lines of a turn, the last of all, and gives them. */
export function shortenTrail(shelf: Shelf, trail: Trail, turn: number): readonly Kept[] {
  const { kept, start } = trail;
  if (kept === null) return [];
  let end = kept.length;
  while (end > start && shelf.turnOf(kept[end - 1] as Kept) === turn) end--; // end > 0
  const taken = kept.splice(end);
  trail.held -= taken.length;
  return taken;
}

/** Number of lines that the window of a correlation would hold at `time`. */
function countSince(shelf: Shelf, { start }: Trail, kept: readonly Kept[], { correlation }: Post, time: number) {
  const floor = time - correlation.timespanMs;
  let low = start;
  let high = kept.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (shelf.timeOf(kept[middle] as Kept) < floor)
      low = middle + 1; // middle < high
    else high = middle;
  }
  return kept.length - low;
}

/** A trail as it is stored; without names, since most lines of a log have one. */
export type TrailState = readonly [newest: number, hits: readonly number[] | null];

export function saveTrail({ newest, kept, start }: Trail, shelf: Shelf, pack: Packer): TrailState {
  return [newest, kept === null ? null : shelf.hitsOf(kept.slice(start)).map(pack.hit)];
}

export function restoreTrail([newest, stored]: TrailState, unpack: Unpacker): Trail {
  const kept = stored?.map(unpack.hit) ?? null;
  return { newest, held: kept?.length ?? 0, generation: 0, kept, start: 0 };
}

/** What the trails of a track mean. */
export function defineTrack({ rule, groupBy, listeners }: Track): string {
  const correlations = listeners.map(({ post: { correlation } }) => [
    correlation.rule.id,
    defineCorrelation(correlation),
  ]);
  return JSON.stringify([rule, groupBy, ...correlations]);
}
