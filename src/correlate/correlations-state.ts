import type { Hit } from '../model/hit.ts';
import { type Closing, pushClosing } from './closing.ts';
import type { CorrelatorCounts } from './counts.ts';
import { emptyGroup } from './group.ts';
import { type GroupState, restoreGroup, saveGroup } from './group-state.ts';
import { findGroup, groupsOf, isGone, putGroup, restoreStore, type StoreState, saveStore } from './group-store.ts';
import type { Heap } from './heap.ts';
import type { Packer } from './packer.ts';
import { defineCorrelation, type Listener, type Plan, type Post } from './plan.ts';
import { awakeTrail, defineTrack, restoreTrail, type Shelf, saveTrail, type Track, type TrailState } from './trail.ts';
import type { Unpacker } from './unpacker.ts';

/** The windows of all correlations as they are stored. */
export interface CorrelationsState {
  readonly posts: readonly PostState[];
  readonly tracks: readonly TrackState[];
  readonly closings: readonly StoredClosing[];
}

interface PostState {
  /** Of the correlation. */
  readonly id: string;
  readonly definition: string;
  readonly store: StoreState<GroupState>;
}

interface TrackState {
  readonly rule: string;
  readonly definition: string;
  /** Of its correlations. */
  readonly ids: readonly string[];
  readonly store: StoreState<TrailState>;
}

interface StoredClosing {
  readonly at: number;
  /** Of the correlation. */
  readonly id: string;
  readonly key: string;
  /** False when a bound has dropped the window. */
  readonly open: boolean;
}

/** What a running engine is made of. */
export interface Engine extends Plan {
  readonly closings: Heap<Closing>;
  readonly shelf: Shelf;
  readonly replay: (listener: Listener, key: string, hits: readonly Hit[]) => void;
}

export function saveCorrelations({ posts, tracks, closings, shelf }: Engine, pack: Packer): CorrelationsState {
  return {
    posts: posts.map(({ correlation, store }) => ({
      id: correlation.rule.id,
      definition: defineCorrelation(correlation),
      store: saveStore(store, (group) => saveGroup(group, pack)),
    })),
    tracks: tracks.map((track) => ({
      rule: track.rule,
      definition: defineTrack(track),
      ids: track.listeners.map(({ post }) => post.correlation.rule.id),
      store: saveStore(track.store, (trail) => saveTrail(trail, shelf, pack)),
    })),
    closings: closings.map(({ at, post, key, group }) => ({
      at,
      id: post.correlation.rule.id,
      key,
      open: post.store.items.get(key) === group && !isGone(post.store, group),
    })),
  };
}

/** Into an engine that has taken nothing yet. Windows of correlations that are gone or defined otherwise stay behind. */
export function restoreCorrelations(
  state: CorrelationsState,
  engine: Engine,
  unpack: Unpacker,
  counts: CorrelatorCounts,
): void {
  const kept = new Map<string, Post>();
  for (const { id, definition, store } of state.posts) {
    const post = engine.posts.find(({ correlation }) => correlation.rule.id === id);
    if (post !== undefined && defineCorrelation(post.correlation) === definition) {
      kept.set(id, post);
      restoreStore(post.store, store, (group) => restoreGroup(post, group, unpack));
    } else {
      counts.costs['outdated-groups-dropped'] += store.items.length;
    }
  }
  const unchanged = new Set<Track>();
  for (const stored of state.tracks) {
    const track = engine.tracks.find((one) => defineTrack(one) === stored.definition);
    if (track === undefined) {
      const left = listenersLeft(stored, engine, kept);
      unravel(stored, left, engine, unpack);
      const sleeping = stored.store.items.filter(([, , [, hits]]) => hits !== null);
      counts.costs['outdated-groups-dropped'] += sleeping.length * (stored.ids.length - left.length);
    } else {
      unchanged.add(track);
      restoreStore(track.store, stored.store, (trail) => restoreTrail(trail, unpack));
    }
  }
  for (const [post, track] of engine.trackOf) if (!unchanged.has(track)) stayAwake(post, track);
  for (const { at, id, key, open } of state.closings) {
    const post = kept.get(id);
    if (post === undefined) continue;
    const group = open ? findGroup(post.store, key) : undefined;
    pushClosing(engine.closings, { at, post, key, group: group ?? emptyGroup(post) });
  }
}

function listenersLeft({ rule, ids }: TrackState, { audiences }: Engine, kept: ReadonlyMap<string, Post>): Listener[] {
  const listeners = audiences.get(rule)?.listeners ?? [];
  return listeners.filter(({ post }) => {
    const { id } = post.correlation.rule;
    return ids.includes(id) && kept.has(id);
  });
}

/** Trails of correlations that are not all there as they were: those that are left get windows of their own. */
function unravel({ store }: TrackState, left: readonly Listener[], { replay }: Engine, unpack: Unpacker): void {
  for (const [key, , [, stored]] of store.items) {
    if (stored === null) continue;
    const hits = stored.map(unpack.hit);
    for (const listener of left) replay(listener, key, hits);
  }
}

/** Windows that were there before their track keep it awake. */
function stayAwake({ store: windows }: Post, { store }: Track): void {
  for (const [key, { newest }] of groupsOf(windows)) {
    if (findGroup(store, key) === undefined) putGroup(store, key, awakeTrail(newest));
  }
}
