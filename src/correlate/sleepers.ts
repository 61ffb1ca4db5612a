import type { Hit } from '../model/hit.ts';
import type { Caller } from './caller.ts';
import type { CorrelatorCounts } from './counts.ts';
import type { KeyReader, ValueReader } from './group-key.ts';
import { findGroup, isGone, isKnown, putGroup, touchGroup } from './group-store.ts';
import type { HeldLines } from './held-lines.ts';
import type { Audience, Listener } from './plan.ts';
import {
  awakeTrail,
  emptyTrail,
  type Kept,
  lengthenTrail,
  reviveTrail,
  type Shelf,
  shortenTrail,
  sleepsOn,
  type Track,
  type Trail,
} from './trail.ts';

export interface SleepersOptions {
  readonly keyOf: KeyReader;
  readonly readValue: ValueReader;
  readonly held: HeldLines;
  readonly shelf: Shelf;
  /** Gives a correlation the window that it would have, had it heard of these lines one by one. */
  readonly replay: (listener: Listener, key: string, hits: readonly Hit[]) => void;
}

/** Lets correlations sleep, key by key, while all that comes for them are few lines of one rule. */
export interface Sleepers {
  /** Those of an audience who must hear of a line; it waits for the others to wake. */
  awake(audience: Audience, hit: Hit, at: number, late: boolean): readonly Listener[];
  /**
   * Whether a track sleeps through a line in time that is put by; a line that it does not sleep through is not taken.
   * @param track - always the same one
   */
  sleepsOver(track: Track, caller: Caller, key: string, place: number, at: number): boolean;
  /** Takes back the lines of a turn that a track slept over last. */
  takeBack(track: Track, key: string, turn: number): readonly Kept[];
  /** Something else than a line of the track's rule has come for this key. */
  wake(track: Track, key: string, at: number): void;
}

const NOBODY: readonly Listener[] = [];

export function sleepers(
  { keyOf, readValue, held, shelf, replay }: SleepersOptions,
  counts: CorrelatorCounts,
): Sleepers {
  /** Windows age along with their track, since they hear of nothing while they sleep. */
  function makeRoom({ store, listeners }: Track, at: number): void {
    const { generation } = store;
    held.makeRoom(store, at);
    if (store.generation !== generation) for (const { post } of listeners) held.makeRoom(post.store, at);
  }

  function sleepsThrough(track: Track, hit: Hit, at: number, late: boolean): boolean {
    const key = keyOf(hit.entry, track.groupBy);
    if (key === null) return false;
    makeRoom(track, at);
    const trail = findGroup(track.store, key);
    if (!(trail === undefined ? begins(track, key, hit, late) : goesOn(track, key, trail, hit, late))) return false;
    for (const listener of track.listeners) {
      if (listener.post.valued && readValue(listener, hit.entry) === null) counts.missingValues++;
    }
    return true;
  }

  function begins({ store }: Track, key: string, hit: Hit, late: boolean): boolean {
    const { time } = hit.entry;
    putGroup(store, key, late ? awakeTrail(time) : emptyTrail(hit, time));
    if (!late) held.add(store, 1);
    return !late;
  }

  function goesOn(track: Track, key: string, trail: Trail, hit: Hit, late: boolean): boolean {
    const { kept } = trail;
    if (kept === null) {
      trail.newest = Math.max(trail.newest, hit.entry.time);
      return false;
    }
    const sleeps = !late && lengthens(track, trail, kept, hit, hit.entry.time);
    if (!sleeps) rouse(track, key, trail, kept);
    return sleeps;
  }

  function lengthens(track: Track, trail: Trail, kept: Kept[], one: Kept, time: number): boolean {
    const before = trail.held;
    const sleeps = sleepsOn(track, shelf, trail, kept, time);
    if (sleeps) lengthenTrail(trail, kept, one, time);
    held.add(track.store, trail.held - before);
    return sleeps;
  }

  function rouse({ listeners, store }: Track, key: string, trail: Trail, kept: readonly Kept[]): void {
    const lines = shelf.hitsOf(kept.slice(trail.start));
    held.add(store, -trail.held);
    Object.assign(trail, { held: 0, kept: null, start: 0 });
    for (const listener of listeners) replay(listener, key, lines);
  }

  return {
    awake({ listeners, tracks }, hit, at, late) {
      let awake = listeners;
      for (const track of tracks) {
        if (!sleepsThrough(track, hit, at, late)) continue;
        awake =
          awake.length === track.listeners.length ? NOBODY : awake.filter((one) => !track.listeners.includes(one));
      }
      return awake;
    },
    sleepsOver(track, caller, key, place, at) {
      makeRoom(track, at);
      const { store } = track;
      if (caller.trail === null || !isKnown(caller.trail)) caller.trail = store.items.get(key) ?? null;
      const { trail } = caller;
      if (trail === null) {
        caller.trail = emptyTrail(place, at);
        putGroup(store, key, caller.trail);
      } else {
        const isOver = isGone(store, trail);
        touchGroup(store, trail);
        if (!isOver) return trail.kept !== null && lengthens(track, trail, trail.kept, place, at);
        reviveTrail(trail, place, at);
      }
      held.add(store, 1);
      return true;
    },
    takeBack(track, key, turn) {
      const trail = findGroup(track.store, key);
      const taken = trail === undefined ? [] : shortenTrail(shelf, trail, turn);
      held.add(track.store, -taken.length);
      return taken;
    },
    wake(track, key, at) {
      makeRoom(track, at);
      const trail = findGroup(track.store, key);
      if (trail === undefined) putGroup(track.store, key, awakeTrail(at));
      else if (trail.kept !== null) rouse(track, key, trail, trail.kept);
    },
  };
}
