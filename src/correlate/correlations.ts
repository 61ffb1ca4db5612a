import type { AccessLogEntry } from '../model/entry.ts';
import type { Hit } from '../model/hit.ts';
import { compareText } from './compare-text.ts';
import { holds } from './condition.ts';
import type { CorrelatorCounts } from './counts.ts';
import {
  addEvent,
  type CorrelationEvent,
  clearGroup,
  emptyGroup,
  type Group,
  measureGroup,
  takeCounted,
} from './group.ts';
import type { FieldReader, KeyReader } from './group-key.ts';
import { type GroupState, restoreGroup, saveGroup } from './group-state.ts';
import {
  ageStore,
  dropGroup,
  findGroup,
  type GroupStore,
  putGroup,
  restoreStore,
  rotateStore,
  type Stored,
  type StoreState,
  saveStore,
} from './group-store.ts';
import { type Heap, popHeap, pushHeap } from './heap.ts';
import type { Packer } from './packer.ts';
import {
  type Audience,
  defineCorrelation,
  type Listener,
  type PlanOptions,
  type Post,
  planCorrelations,
} from './plan.ts';
import type { Line } from './sequencer.ts';
import {
  awakeTrail,
  defineTrack,
  emptyTrail,
  lengthenTrail,
  restoreTrail,
  saveTrail,
  type Track,
  type Trail,
  type TrailState,
} from './trail.ts';
import type { Unpacker } from './unpacker.ts';

export interface CorrelationsOptions extends PlanOptions {
  readonly fieldValue: FieldReader;
  readonly keyOf: KeyReader;
  /** Bound for the lines that all groups together hold. */
  readonly maxHeldLines: number;
}

/** The Sigma correlations over a sequence of lines. Each call returns what alerting correlations counted by it. */
export interface Correlations {
  /** Takes a line at its place in the sequence. */
  take(line: Line, at: number, late: boolean): readonly Hit[];
  /** Event time up to which (inclusive) the next fixed window reaches; Infinity when none is open. */
  nextClose(): number;
  close(): readonly Hit[];
  save(pack: Packer): CorrelationsState;
  /** Windows of correlations that are gone or defined otherwise stay behind. */
  restore(state: CorrelationsState, unpack: Unpacker): void;
}

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
  /** Ids of its correlations. */
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

/** A fixed window on its way to the time at which it is evaluated. */
interface Closing {
  readonly at: number;
  readonly post: Post;
  readonly key: string;
  readonly group: Group;
}

/** Where a step of the engine is: its place in the sequence, and what it has counted so far. */
interface Step {
  readonly at: number;
  readonly late: boolean;
  readonly marked: Hit[];
}

const NOBODY: readonly Listener[] = [];
const NO_HITS: readonly Hit[] = [];

/**
 * Sigma 2.1, Correlation rules, with what the specification leaves open decided so:
 * - A window slides over event time and holds what is at most the timespan older than its newest event.
 * - A firing counts all events of its window. Until a pause longer than the timespan, further events are counted into
 *   the same firing at once; after it, the correlation may fire again.
 * - A condition without `gt` or `gte` is evaluated of fixed windows: from a group's first event on, for the timespan.
 * - An event without a value for each group-by field does not correlate.
 * - A line counts once, also when several of the rules hit it.
 * - A firing is an event of the correlations that refer to it; to temporal ones its further events are, too.
 * Over 200 lines, because these decisions read best in one place.
 */
export function correlations(options: CorrelationsOptions, counts: CorrelatorCounts): Correlations {
  const { fieldValue, keyOf, maxHeldLines } = options;
  const { posts, tracks, audiences, trackOf } = planCorrelations(options);
  const stores: readonly GroupStore<Stored>[] = [...posts, ...tracks].map(({ store }) => store);
  const closings: Heap<Closing> = [];
  let held = 0;

  function tell(rule: string, event: CorrelationEvent, step: Step, further: boolean): void {
    for (const listener of audiences.get(rule)?.listeners ?? []) {
      if (!further || listener.post.temporal) listen(listener, event, step);
    }
  }

  function listen(listener: Listener, event: CorrelationEvent, step: Step): void {
    const { post, rule } = listener;
    const key = keyOf(event.entry, listener.groupBy);
    if (key === null) {
      counts.missingKeys++;
      return;
    }
    let valued = event;
    if (post.valued) {
      const value = readValue(listener, event.entry);
      if (value === null) {
        counts.missingValues++;
        return;
      }
      valued = { ...event, value };
    }
    const track = trackOf.get(post);
    if (track !== undefined && track.rule !== rule) wake(track, key, step.at);
    makeRoom(post.store, step.at);
    const group = findGroup(post.store, key);
    if (post.sliding) slide(post, key, group, rule, valued, step);
    else collect(post, key, group, rule, valued, step);
  }

  function readValue({ post, fields }: Listener, entry: AccessLogEntry): string | number | null {
    if (post.correlation.type === 'value_count') return keyOf(entry, fields);
    const [field] = fields;
    const value = field === undefined ? null : fieldValue(entry, field);
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : null;
  }

  function listenersAwake(
    { listeners, tracks: mine }: Audience,
    hit: Hit,
    at: number,
    late: boolean,
  ): readonly Listener[] {
    let awake = listeners;
    for (const track of mine) {
      if (!sleepsThrough(track, hit, at, late)) continue;
      awake = awake.length === track.listeners.length ? NOBODY : awake.filter((one) => !track.listeners.includes(one));
    }
    return awake;
  }

  function makeRoom(store: GroupStore<Stored>, at: number): void {
    while (held > maxHeldLines) {
      const largest = stores.reduce((most, other) => (other.held > most.held ? other : most), store);
      counts.costs['groups-evicted'] += rotateStore(largest, at);
      held = stores.reduce((sum, other) => sum + other.held, 0);
    }
    const before = store.held;
    counts.costs['groups-evicted'] += ageStore(store, at);
    held += store.held - before;
  }

  /** Ages the windows of a track's correlations as well, which hear of nothing while they sleep. */
  function makeRoomFor({ store, listeners }: Track, at: number): void {
    const { generation } = store;
    makeRoom(store, at);
    if (store.generation !== generation) for (const { post } of listeners) makeRoom(post.store, at);
  }

  /** Puts a line where it waits for its correlations to wake; false when they are awake and must hear of it. */
  function sleepsThrough(track: Track, hit: Hit, at: number, late: boolean): boolean {
    const { entry } = hit;
    const { store } = track;
    const key = keyOf(entry, track.groupBy);
    if (key === null) return false;
    makeRoomFor(track, at);
    const trail = findGroup(store, key);
    if (trail === undefined) {
      putGroup(store, key, late ? awakeTrail(entry.time) : emptyTrail(hit));
      if (late) return false;
      changeHeld(store, 1);
    } else {
      const { hits, held: before } = trail;
      if (hits === null) {
        trail.newest = Math.max(trail.newest, entry.time);
        return false;
      }
      if (late || !lengthenTrail(track, trail, hits, hit)) {
        changeHeld(store, trail.held - before);
        rouse(track, key, trail, hits);
        return false;
      }
      changeHeld(store, trail.held - before);
    }
    for (const listener of track.listeners) {
      if (listener.post.valued && readValue(listener, entry) === null) counts.missingValues++;
    }
    return true;
  }

  /** Wakes a key's correlations, since something else than another line of the track's rule has come. */
  function wake(track: Track, key: string, at: number): void {
    makeRoomFor(track, at);
    const trail = findGroup(track.store, key);
    if (trail === undefined) putGroup(track.store, key, awakeTrail(at));
    else if (trail.hits !== null) rouse(track, key, trail, trail.hits);
    else trail.newest = Math.max(trail.newest, at);
  }

  /** Gives each of a track's correlations the window that it would have, had it heard of the lines one by one. */
  function rouse({ listeners, store }: Track, key: string, trail: Trail, hits: readonly Hit[]): void {
    const lines = hits.slice(trail.start);
    changeHeld(store, -trail.held);
    Object.assign(trail, { held: 0, hits: null, start: 0 });
    for (const listener of listeners) replay(listener, key, lines);
  }

  /** Trails of correlations that are not all there as they were: what is left of them gets windows of its own. */
  function unravel({ rule, ids, store }: TrackState, kept: ReadonlyMap<string, Post>, unpack: Unpacker): void {
    const listeners = audiences.get(rule)?.listeners ?? [];
    const left = listeners.filter(({ post: { correlation } }) => {
      return ids.includes(correlation.rule.id) && kept.has(correlation.rule.id);
    });
    for (const [key, , [, stored]] of store.items) {
      if (stored === null) continue;
      const hits = stored.map(unpack.hit);
      for (const listener of left) replay(listener, key, hits);
      counts.costs['outdated-groups-dropped'] += ids.length - left.length;
    }
  }

  /** Windows that were there before their track have its keys stay awake. */
  function stayAwake({ store: windows }: Post, { store }: Track): void {
    for (const [key, { newest }] of windows.items) {
      if (findGroup(store, key) === undefined) putGroup(store, key, awakeTrail(newest));
    }
  }

  function replay(listener: Listener, key: string, hits: readonly Hit[]): void {
    const { post, rule } = listener;
    const over = findGroup(post.store, key);
    if (over !== undefined) clear(post, over);
    dropGroup(post.store, key);
    const group = emptyGroup(post);
    putGroup(post.store, key, group);
    for (const hit of hits) {
      const { entry } = hit;
      const value = post.valued ? readValue(listener, entry) : null;
      if (post.valued && value === null) continue;
      add(post, group, rule, { time: entry.time, entry, counted: [hit], value });
    }
  }

  /** A condition that is answered at each event. */
  function slide(post: Post, key: string, found: Group | undefined, rule: string, event: CorrelationEvent, step: Step) {
    const { timespanMs, condition } = post.correlation;
    const group = found ?? emptyGroup(post);
    if (found === undefined) putGroup(post.store, key, group);
    else if (Math.abs(event.time - group.newest) > timespanMs) {
      if (event.time < group.newest && group.newest + timespanMs >= step.at) {
        counts.lateEvents++;
        return;
      }
      // Old lines that come in a stretch have windows of their own, as good as any since the group's is over.
      clear(post, group);
      group.newest = event.time;
    }
    if (group.fired) {
      const again = event.entry === group.entry;
      group.newest = Math.max(group.newest, event.time);
      group.entry = event.entry;
      if (again) return;
      mark(post, event.counted, step);
      tell(post.correlation.rule.id, event, step, true);
      return;
    }
    if (!add(post, group, rule, event)) return;
    if (post.leastCount > group.total || !holds(condition, measureGroup(post, group))) return;
    fire(post, group, event, step);
    group.fired = true;
  }

  /** A condition that is answered when a window is over. */
  function collect(
    post: Post,
    key: string,
    found: Group | undefined,
    rule: string,
    event: CorrelationEvent,
    step: Step,
  ) {
    if (step.late && (found === undefined || event.time < found.opened)) {
      counts.lateEvents++;
      return;
    }
    const group = found ?? emptyGroup(post);
    if (found === undefined) open(post, key, group, event.time);
    add(post, group, rule, event);
  }

  function open(post: Post, key: string, group: Group, time: number): void {
    if (closings.length >= options.maxGroups) {
      const earliest = popHeap(closings, compareClosings);
      if (forget(earliest)) {
        counts.costs['groups-evicted']++;
        clear(earliest.post, earliest.group);
      }
    }
    putGroup(post.store, key, group);
    pushHeap(closings, { at: time + post.correlation.timespanMs, post, key, group }, compareClosings);
  }

  /** False when a bound has dropped the window already. */
  function forget(closing: Closing | undefined): closing is Closing {
    if (closing === undefined || findGroup(closing.post.store, closing.key) !== closing.group) return false;
    dropGroup(closing.post.store, closing.key);
    return true;
  }

  /** False when the line is in the window already. */
  function add(post: Post, group: Group, rule: string, event: CorrelationEvent): boolean {
    if (!post.temporal && group.entry === event.entry) return false;
    const before = group.held;
    counts.costs['group-events-dropped'] += addEvent(post, group, rule, event);
    changeHeld(post.store, group.held - before);
    return true;
  }

  function clear(post: Post, group: Group): void {
    changeHeld(post.store, -group.held);
    clearGroup(post, group);
  }

  function changeHeld(store: GroupStore<Stored>, by: number): void {
    store.held += by;
    held += by;
  }

  function fire(post: Post, group: Group, event: Omit<CorrelationEvent, 'counted' | 'value'>, step: Step): void {
    counts.firings++;
    changeHeld(post.store, -group.held);
    const counted = takeCounted(post, group);
    mark(post, counted, step);
    tell(post.correlation.rule.id, { time: event.time, entry: event.entry, counted, value: null }, step, false);
  }

  function mark(post: Post, counted: readonly Hit[], step: Step): void {
    const { rule } = post.correlation;
    if (!rule.alerts) return;
    counts.countedLines += counted.length;
    for (const { entry, match, observables } of counted) {
      step.marked.push({ rule, entry, match: { ...match, field: 'correlation' }, observables });
    }
  }

  return {
    take(line, at, late) {
      let step: Step | null = null;
      for (const hit of line) {
        const audience = audiences.get(hit.rule.id);
        if (audience === undefined) continue;
        const awake = listenersAwake(audience, hit, at, late);
        if (awake.length === 0) continue;
        step ??= { at, late, marked: [] };
        const { entry } = hit;
        const event = { time: entry.time, entry, counted: [hit], value: null };
        for (const listener of awake) listen(listener, event, step);
      }
      return step?.marked ?? NO_HITS;
    },
    nextClose: () => closings[0]?.at ?? Number.POSITIVE_INFINITY,
    close() {
      const closing = popHeap(closings, compareClosings);
      if (!forget(closing)) return [];
      const { at, post, group } = closing;
      const step: Step = { at, late: false, marked: [] };
      const { entry } = group;
      const fires = entry !== null && holds(post.correlation.condition, measureGroup(post, group));
      if (fires) fire(post, group, { time: at, entry }, step);
      else clear(post, group);
      return step.marked;
    },
    save: (pack) => ({
      posts: posts.map(({ correlation, store }) => ({
        id: correlation.rule.id,
        definition: defineCorrelation(correlation),
        store: saveStore(store, (group) => saveGroup(group, pack)),
      })),
      tracks: tracks.map((track) => ({
        rule: track.rule,
        definition: defineTrack(track),
        ids: track.listeners.map(({ post }) => post.correlation.rule.id),
        store: saveStore(track.store, (trail) => saveTrail(trail, pack)),
      })),
      closings: closings.map(({ at, post, key, group }) => ({
        at,
        id: post.correlation.rule.id,
        key,
        open: post.store.items.get(key) === group,
      })),
    }),
    restore(state, unpack) {
      const kept = new Map<string, Post>();
      for (const { id, definition, store } of state.posts) {
        const post = posts.find(({ correlation }) => correlation.rule.id === id);
        if (post === undefined || defineCorrelation(post.correlation) !== definition) {
          counts.costs['outdated-groups-dropped'] += store.items.length;
          continue;
        }
        kept.set(id, post);
        restoreStore(post.store, store, (group) => restoreGroup(post, group, unpack));
        held += store.held;
      }
      const unchanged = new Set<Track>();
      for (const stored of state.tracks) {
        const track = tracks.find((one) => defineTrack(one) === stored.definition);
        if (track === undefined) {
          unravel(stored, kept, unpack);
          continue;
        }
        unchanged.add(track);
        restoreStore(track.store, stored.store, (trail) => restoreTrail(trail, unpack));
        held += stored.store.held;
      }
      for (const [post, track] of trackOf) if (!unchanged.has(track)) stayAwake(post, track);
      for (const { at, id, key, open } of state.closings) {
        const post = kept.get(id);
        if (post === undefined) continue;
        const group = open ? findGroup(post.store, key) : undefined;
        pushHeap(closings, { at, post, key, group: group ?? emptyGroup(post) }, compareClosings);
      }
    },
  };
}

function compareClosings(a: Closing, b: Closing): number {
  return a.at - b.at || a.post.index - b.post.index || compareText(a.key, b.key);
}
