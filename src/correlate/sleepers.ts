import type { Hit } from '../model/hit.ts';
import type { Caller } from './caller.ts';
import type { CorrelatorCounts } from './counts.ts';
import type { KeyReader, ValueReader } from './group-key.ts';
import { findGroup, groupsOf, isGone, isKnown, putGroup, touchGroup } from './group-store.ts';
import type { HeldLines } from './held-lines.ts';
import type { Audience, Listener } from './plan.ts';
import {
  awakeTrail,
  countedTrail,
  countOn,
  type Kept,
  lengthenTrail,
  listedTrail,
  listTrail,
  releaseTrail,
  type Shelf,
  shortenTrail,
  sleepsOn,
  type Track,
  type Trail,
  wakeTrail,
} from './trail.ts';

export interface SleepersOptions {
  readonly tracks: readonly Track[];
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
  /** Counts no line from now on but lists them all: what the stores hold is what they are said to hold. */
  settle(): void;
  /** Something else than a line of the track's rule has come for this key. */
  wake(track: Track, key: string, at: number): void;
}

const NOBODY: readonly Listener[] = [];

export function sleepers(
  { tracks, keyOf, readValue, held, shelf, replay }: SleepersOptions,
  counts: CorrelatorCounts,
): Sleepers {
  let isCounting = true;

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
    const trail = late ? awakeTrail(hit.entry.time) : listedTrail(hit);
    putGroup(store, key, trail);
    held.add(store, trail.held);
    return !late;
  }

  function goesOn(track: Track, key: string, trail: Trail, hit: Hit, late: boolean): boolean {
    if (trail.mode === 'awake') {
      trail.newest = Math.max(trail.newest, hit.entry.time);
      return false;
    }
    if (trail.mode === 'counted') list(track, trail);
    const sleeps = !late && lengthens(track, trail, hit, hit.entry.time);
    if (!sleeps) rouse(track, key, trail);
    return sleeps;
  }

  /** @param trail - a counted one */
  function list(track: Track, trail: Trail): void {
    const before = trail.held;
    listTrail(track, shelf, trail);
    held.add(track.store, trail.held - before);
  }

  /** @param trail - a listed one */
  function lengthens(track: Track, trail: Trail, one: Kept, time: number): boolean {
    const before = trail.held;
    const sleeps = sleepsOn(track, shelf, trail, time);
    if (sleeps) lengthenTrail(trail, one, time);
    held.add(track.store, trail.held - before);
    return sleeps;
  }

  /** @param trail - a listed one */
  function rouse({ listeners, store }: Track, key: string, trail: Trail): void {
    const lines = shelf.hitsOf(trail.kept.slice(trail.start));
    held.add(store, -trail.held);
    wakeTrail(trail);
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
      let { trail } = caller;
      if (trail === null) {
        trail = countedTrail();
        caller.trail = trail;
        putGroup(store, key, trail);
      } else {
        // What is gone holds nothing any more.
        if (isGone(store, trail)) releaseTrail(trail);
        touchGroup(store, trail);
      }
      if (trail.mode === 'awake') return false;
      if (trail.mode === 'counted') {
        const before = trail.held;
        if (isCounting && countOn(track, shelf, trail, place, at)) {
          held.add(store, trail.held - before);
          return true;
        }
        list(track, trail);
      }
      return lengthens(track, trail, place, at);
    },
    takeBack(track, key, turn) {
      const trail = findGroup(track.store, key);
      if (trail === undefined) return [];
      const before = trail.held;
      const taken = shortenTrail(shelf, trail, turn);
      held.add(track.store, trail.held - before);
      return taken;
    },
    settle() {
      if (!isCounting) return;
      isCounting = false;
      for (const track of tracks) {
        for (const [, trail] of groupsOf(track.store)) if (trail.mode === 'counted') list(track, trail);
      }
    },
    wake(track, key, at) {
      makeRoom(track, at);
      const trail = findGroup(track.store, key);
      if (trail === undefined) {
        putGroup(track.store, key, awakeTrail(at));
        return;
      }
      if (trail.mode === 'counted') list(track, trail);
      if (trail.mode === 'listed') rouse(track, key, trail);
    },
  };
}
