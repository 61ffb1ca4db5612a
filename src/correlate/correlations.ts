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
import { ageStore, dropGroup, findGroup, putGroup, rotateStore } from './group-store.ts';
import { type Heap, popHeap, pushHeap } from './heap.ts';
import { type Listener, type PlanOptions, type Post, planCorrelations } from './plan.ts';
import type { Arrival } from './sequencer.ts';

export interface CorrelationsOptions extends PlanOptions {
  readonly fieldValue: FieldReader;
  readonly keyOf: KeyReader;
  /** Bound for the lines that all groups together hold. */
  readonly maxHeldLines: number;
}

/** The Sigma correlations over a sequence of lines. Each call returns what alerting correlations counted by it. */
export interface Correlations {
  take(arrival: Arrival): readonly Hit[];
  /** Event time up to which (inclusive) the next fixed window reaches; Infinity when none is open. */
  nextClose(): number;
  close(): readonly Hit[];
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
  const { posts, listeners } = planCorrelations(options);
  const closings: Heap<Closing> = [];
  let held = 0;

  function tell(rule: string, event: CorrelationEvent, step: Step, further: boolean): void {
    for (const listener of listeners.get(rule) ?? []) {
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
    makeRoom(post, step.at);
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

  function makeRoom(post: Post, at: number): void {
    while (held > maxHeldLines) {
      const largest = posts.reduce((most, other) => (other.store.held > most.store.held ? other : most), post);
      counts.costs['groups-evicted'] += rotateStore(largest.store, at);
      held = posts.reduce((sum, { store }) => sum + store.held, 0);
    }
    const before = post.store.held;
    counts.costs['groups-evicted'] += ageStore(post.store, at);
    held += post.store.held - before;
  }

  /** A condition that is answered at each event. */
  function slide(post: Post, key: string, found: Group | undefined, rule: string, event: CorrelationEvent, step: Step) {
    const { timespanMs, condition } = post.correlation;
    const group = found ?? emptyGroup(post);
    if (found === undefined) putGroup(post.store, key, group);
    else if (event.time > group.newest + timespanMs) clear(post, group);
    else if (event.time < group.newest - timespanMs) {
      if (group.newest + timespanMs >= step.at) {
        counts.lateEvents++;
        return;
      }
      // A stretch of old lines: their own windows are as good as any, since the group's is over.
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
    changeHeld(post, group.held - before);
    return true;
  }

  function clear(post: Post, group: Group): void {
    changeHeld(post, -group.held);
    clearGroup(post, group);
  }

  function changeHeld(post: Post, by: number): void {
    post.store.held += by;
    held += by;
  }

  function fire(post: Post, group: Group, event: Omit<CorrelationEvent, 'counted' | 'value'>, step: Step): void {
    counts.firings++;
    changeHeld(post, -group.held);
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
    take({ at, late, entry, hits }) {
      const step: Step = { at, late, marked: [] };
      for (const hit of hits) {
        if (!listeners.has(hit.rule.id)) continue;
        const counted = hits.length === 1 ? hits : [hit];
        tell(hit.rule.id, { time: entry.time, entry, counted, value: null }, step, false);
      }
      return step.marked;
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
  };
}

function compareClosings(a: Closing, b: Closing): number {
  return a.at - b.at || a.post.index - b.post.index || compareText(a.key, b.key);
}
