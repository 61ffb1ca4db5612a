import { meets } from '../model/correlation.ts';
import type { AccessLogEntry } from '../model/entry.ts';
import type { Hit, Match } from '../model/hit.ts';
import { type Closing, popClosing, pushClosing } from './closing.ts';
import { type CorrelationsState, type Engine, restoreCorrelations, saveCorrelations } from './correlations-state.ts';
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
import { type FieldReader, type KeyReader, valueReader } from './group-key.ts';
import { dropGroup, findGroup, putGroup } from './group-store.ts';
import type { Heap } from './heap.ts';
import { heldLines } from './held-lines.ts';
import type { Packer } from './packer.ts';
import { type Listener, type PlanOptions, type Post, planCorrelations } from './plan.ts';
import { type QuietWindows, quietWindows } from './quiet-windows.ts';
import type { Line } from './sequencer.ts';
import { sleepers } from './sleepers.ts';
import type { Shelf } from './trail.ts';
import type { Unpacker } from './unpacker.ts';

export interface CorrelationsOptions extends PlanOptions {
  readonly fieldValue: FieldReader;
  readonly keyOf: KeyReader;
  /** Bound for the lines that all groups together hold. */
  readonly maxHeldLines: number;
  readonly shelf: Shelf;
}

/** The Sigma correlations over a sequence of lines. Each call returns what alerting correlations counted by it. */
export interface Correlations {
  /** Takes a line at its place in the sequence. */
  take(line: Line, at: number, late: boolean): readonly Hit[];
  /** For lines that only this rule hits; null when lines cannot be put by, `unheard` when nobody waits for them. */
  quietOf(rule: string): QuietWindows | 'unheard' | null;
  /** Event time up to which (inclusive) the next fixed window reaches; Infinity when none is open. */
  nextClose(): number;
  close(): readonly Hit[];
  save(pack: Packer): CorrelationsState;
  /** Windows of correlations that are gone or defined otherwise stay behind. */
  restore(state: CorrelationsState, unpack: Unpacker): void;
}

/** Where a step of the engine is: its place in the sequence, and what it has counted so far. */
interface Step {
  readonly at: number;
  readonly late: boolean;
  readonly marked: Hit[];
}

const NO_HITS: readonly Hit[] = [];

/**
 * Sigma 2.1, Correlation rules, with what the specification leaves open decided so:
 * - A window slides over event time and holds what is at most the timespan older than its newest event.
 * - A firing counts all events of its window. Until a pause longer than the timespan, further events are counted into
 *   the same firing at once; after it, the correlation may fire again.
 * - A condition without `gt` or `gte` is evaluated of fixed windows: from a group's first event on, for the timespan.
 * - An event without a value for each group-by field does not correlate.
 * - A line counts once, also when several of the rules hit it.
 * - A line that empties a window does so before it is counted itself.
 * - A firing is an event of the correlations that refer to it; to temporal ones its further events are, too.
 * Over 200 lines, because these decisions read best in one place.
 */
export function correlations(options: CorrelationsOptions, counts: CorrelatorCounts): Correlations {
  const { fieldValue, keyOf, maxHeldLines, shelf } = options;
  const plan = planCorrelations(options);
  const { posts, tracks, audiences, trackOf } = plan;
  const resetting = posts.some(({ correlation }) => correlation.resets.length > 0);
  const held = heldLines(
    [...posts, ...tracks].map(({ store }) => store),
    maxHeldLines,
    counts,
    () => sleeping.settle(),
  );
  const readValue = valueReader(fieldValue, keyOf);
  const sleeping = sleepers({ tracks, keyOf, readValue, held, shelf, replay }, counts);
  const closings: Heap<Closing> = [];
  /** The latest match, and as correlations show it: several in a row count the same hit, and all hits of some rules share one. */
  let latest: Match | null = null;
  let latestShown: Match = { field: 'correlation', view: 'raw', text: '' };
  const engine: Engine = { ...plan, closings, shelf, replay };

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
    if (track !== undefined && track.rule !== rule) sleeping.wake(track, key, step.at);
    held.makeRoom(post.store, step.at);
    const group = findGroup(post.store, key);
    if (post.sliding) slide(post, key, group, rule, valued, step);
    else collect(post, key, group, rule, valued, step);
  }

  /** A late event empties nothing: what came before it has been counted with what came after. */
  function reset({ post, groupBy }: Listener, entry: AccessLogEntry): void {
    const key = keyOf(entry, groupBy);
    const group = key === null ? undefined : findGroup(post.store, key);
    if (group !== undefined) clear(post, group);
  }

  function replay(listener: Listener, key: string, hits: readonly Hit[]): void {
    const { post, rule } = listener;
    // What may be there from an earlier time is over.
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
    if (post.leastCount > group.total || !meets(condition, measureGroup(post, group))) return;
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
      const earliest = popClosing(closings);
      if (forget(earliest)) {
        counts.costs['groups-evicted']++;
        clear(earliest.post, earliest.group);
      }
    }
    putGroup(post.store, key, group);
    pushClosing(closings, { at: time + post.correlation.timespanMs, post, key, group });
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
    held.add(post.store, group.held - before);
    return true;
  }

  function clear(post: Post, group: Group): void {
    held.add(post.store, -group.held);
    clearGroup(post, group);
  }

  function fire(post: Post, group: Group, event: Omit<CorrelationEvent, 'counted' | 'value'>, step: Step): void {
    counts.firings++;
    held.add(post.store, -group.held);
    const counted = takeCounted(post, group);
    mark(post, counted, step);
    tell(post.correlation.rule.id, { time: event.time, entry: event.entry, counted, value: null }, step, false);
  }

  function mark(post: Post, counted: readonly Hit[], step: Step): void {
    const { rule } = post.correlation;
    if (!rule.alerts) return;
    counts.countedLines += counted.length;
    for (const { entry, match, observables } of counted) {
      if (match !== latest) [latest, latestShown] = [match, { ...match, field: 'correlation' }];
      step.marked.push({ rule, entry, match: latestShown, observables });
    }
  }

  return {
    take(line, at, late) {
      let step: Step | null = null;
      if (resetting && !late) {
        for (const { rule, entry } of line) for (const post of audiences.get(rule.id)?.resets ?? []) reset(post, entry);
      }
      for (const hit of line) {
        const audience = audiences.get(hit.rule.id);
        if (audience === undefined) continue;
        const awake = sleeping.awake(audience, hit, at, late);
        if (awake.length === 0) continue;
        step ??= { at, late, marked: [] };
        const { entry } = hit;
        const event = { time: entry.time, entry, counted: [hit], value: null };
        for (const listener of awake) listen(listener, event, step);
      }
      return step?.marked ?? NO_HITS;
    },
    quietOf(rule) {
      const audience = audiences.get(rule);
      return audience === undefined ? 'unheard' : quietWindows(audience, sleeping);
    },
    nextClose: () => closings[0]?.at ?? Number.POSITIVE_INFINITY,
    close() {
      const closing = popClosing(closings);
      if (!forget(closing)) return [];
      const { at, post, group } = closing;
      const step: Step = { at, late: false, marked: [] };
      const { entry } = group;
      const fires = entry !== null && meets(post.correlation.condition, measureGroup(post, group));
      if (fires) fire(post, group, { time: at, entry }, step);
      else clear(post, group);
      return step.marked;
    },
    save(pack) {
      sleeping.settle();
      return saveCorrelations(engine, pack);
    },
    restore(state, unpack) {
      restoreCorrelations(state, engine, unpack, counts);
      held.recount();
    },
  };
}
