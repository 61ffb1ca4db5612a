import type { Hit } from '../model/hit.ts';
import { emptyStore, type GroupStore, type Stored } from './group-store.ts';
import { weightOf } from './line-weight.ts';
import type { Packer } from './packer.ts';
import { defineCorrelation, type Listener, type Post } from './plan.ts';
import type { Unpacker } from './unpacker.ts';

/**
 * Lines with one key that hit one rule, oldest first, kept once for all correlations that wait for them and in place of
 * their windows, as long as none of these can fire. Most lines of a log go no further, so while all of them are lines that
 * are put by, and few, they are only counted: each leads to the one before.
 */
export interface Trail extends Stored {
  /** Awake once the correlations have windows of their own for this key. */
  mode: 'counted' | 'listed' | 'awake';
  /** Time of the newest line. */
  newest: number;
  /**
   * Weight of the lines in the longest window as the newest came; of those that are counted it may be more than that. A line
   * that is put by weighs as one, since its bytes are bounded where they are.
   */
  held: number;
  /** Those that are listed, from `start` on. */
  kept: Kept[];
  start: number;
  /** Place of the newest of the lines that are counted; NO_PLACE for none. */
  latest: number;
  /** Time is cut into stretches as long as the longest window, which so never holds more lines than two of them. */
  stretch: number;
  recent: number;
  earlier: number;
}

/** A line of a trail: a hit, or the place of a line that is put by because nothing else is known of it. */
export type Kept = Hit | number;

/** Knows the lines that are put by. */
export interface Shelf {
  /** Epoch ms; -Infinity for a line that had to make room. */
  timeOf(kept: Kept): number;
  /** In which turn a line that is put by was looked at; -1 for a hit. */
  turnOf(kept: Kept): number;
  /** Of a line that is put by, the one before it in its trail; NO_PLACE for none. */
  priorTo(place: number): number;
  setPrior(place: number, prior: number): void;
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

export const NO_PLACE = -1;
/** Of all trails that list nothing: never written. */
const UNLISTED: Kept[] = [];

function makeTrail(mode: Trail['mode'], newest: number, kept: Kept[]): Trail {
  const held = kept.reduce((sum: number, one) => sum + weightOfKept(one), 0);
  return { mode, newest, held, generation: 0, kept, start: 0, latest: NO_PLACE, stretch: 0, recent: 0, earlier: 0 };
}

export function listedTrail(hit: Hit): Trail {
  return makeTrail('listed', hit.entry.time, [hit]);
}

export function countedTrail(): Trail {
  return makeTrail('counted', Number.NEGATIVE_INFINITY, UNLISTED);
}

/** For a key whose correlations have windows of their own. */
export function awakeTrail(newest: number): Trail {
  return makeTrail('awake', newest, UNLISTED);
}

/** Lets go of all that it holds, and begins to count. */
export function releaseTrail(trail: Trail): void {
  trail.mode = 'counted';
  trail.held = 0;
  trail.kept = UNLISTED;
  trail.start = 0;
  trail.latest = NO_PLACE;
  trail.recent = 0;
  trail.earlier = 0;
}

/** The correlations have windows of their own from now on. */
export function wakeTrail(trail: Trail): void {
  releaseTrail(trail);
  trail.mode = 'awake';
}

/**
 * Counts one more line that is put by.
 * @returns false, and it is not counted, where so many have come that they must be looked at one by one.
 */
export function countOn({ store, limit }: Track, shelf: Shelf, trail: Trail, place: number, time: number): boolean {
  const stretch = Math.floor(time / store.timespanMs);
  if (stretch !== trail.stretch) {
    trail.earlier = stretch === trail.stretch + 1 ? trail.recent : 0;
    trail.recent = 0;
    trail.stretch = stretch;
  }
  if (trail.recent + trail.earlier >= limit) return false;
  shelf.setPrior(place, trail.latest);
  trail.latest = place;
  trail.recent++;
  trail.held = trail.recent + trail.earlier;
  trail.newest = time;
  return true;
}

/** Lists what was counted. */
export function listTrail({ store }: Track, shelf: Shelf, trail: Trail): void {
  const kept = countedLines(shelf, trail, trail.newest - store.timespanMs);
  releaseTrail(trail);
  trail.mode = 'listed';
  trail.kept = kept;
  trail.held = kept.length;
}

function weightOfKept(kept: Kept): number {
  return typeof kept === 'number' ? 1 : weightOf(kept.entry.line.length);
}

/** The lines from `floor` on that were counted, oldest first. */
function countedLines(shelf: Shelf, { latest }: Trail, floor: number): Kept[] {
  const places: number[] = [];
  for (let place = latest; place !== NO_PLACE && shelf.timeOf(place) >= floor; place = shelf.priorTo(place)) {
    places.push(place);
  }
  return places.reverse();
}

/**
 * Makes room for the newest line: drops those that have left the longest of the windows.
 * @returns false when a correlation may have to look for itself.
 */
export function sleepsOn(track: Track, shelf: Shelf, trail: Trail, time: number): boolean {
  const { kept } = trail;
  const floor = time - track.store.timespanMs;
  for (
    let oldest = kept[trail.start];
    oldest !== undefined && shelf.timeOf(oldest) < floor;
    oldest = kept[trail.start]
  ) {
    trail.held -= weightOfKept(oldest);
    trail.start++;
  }
  return kept.length - trail.start < track.limit || isBelowLimits(track, shelf, trail, time);
}

function isBelowLimits({ listeners }: Track, shelf: Shelf, trail: Trail, time: number): boolean {
  return listeners.every(({ post }) => countSince(shelf, trail, post, time) < limitOf(post));
}

/** Lists that an item is pushed to make room for 16 more, which most trails never have; `concat` makes none. */
const FEW = 4;

/** Lists the newest line. */
export function lengthenTrail(trail: Trail, one: Kept, time: number): void {
  const { kept } = trail;
  trail.newest = time;
  trail.held += weightOfKept(one);
  if (kept.length < FEW || trail.start > kept.length / 2) {
    trail.kept = kept.slice(trail.start).concat(one);
    trail.start = 0;
  } else {
    kept.push(one);
  }
}

/**
 * Takes back the lines of a turn, the last of all, and gives them.
 *
 * @param trail - none that is counted: one that cannot sleep over a line has been listed, or is awake
 */
export function shortenTrail(shelf: Shelf, trail: Trail, turn: number): readonly Kept[] {
  const { kept, start } = trail;
  let end = kept.length;
  while (end > start && shelf.turnOf(kept[end - 1] as Kept) === turn) end--; // end > 0
  if (end === kept.length) return [];
  const taken = kept.splice(end);
  for (const one of taken) trail.held -= weightOfKept(one);
  return taken;
}

/** Number of lines that the window of a correlation would hold at `time`. */
function countSince(shelf: Shelf, { start, kept }: Trail, { correlation }: Post, time: number): number {
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

/** @param trail - none that is counted */
export function saveTrail(trail: Trail, shelf: Shelf, pack: Packer): TrailState {
  const { mode, newest, kept, start } = trail;
  return [newest, mode === 'awake' ? null : shelf.hitsOf(kept.slice(start)).map(pack.hit)];
}

export function restoreTrail([newest, stored]: TrailState, unpack: Unpacker): Trail {
  return stored === null ? awakeTrail(newest) : makeTrail('listed', newest, stored.map(unpack.hit));
}

/** What the trails of a track mean. */
export function defineTrack({ rule, groupBy, listeners }: Track): string {
  const correlations = listeners.map(({ post: { correlation } }) => [
    correlation.rule.id,
    defineCorrelation(correlation),
  ]);
  return JSON.stringify([rule, groupBy, ...correlations]);
}
