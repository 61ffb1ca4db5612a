import type { CorrelationRule, CorrelationType } from '../model/correlation.ts';
import type { AccessLogEntry } from '../model/entry.ts';
import type { Hit } from '../model/hit.ts';
import { advanceChain, type Chain, chainLength, emptyChain, rebuildChain } from './chain.ts';
import type { Stored } from './group-store.ts';
import { weightOfHits } from './line-weight.ts';
import { clearRing, emptyRing, itemsOf, pushRing, type Ring, ringAt, settleNewest, shiftRing } from './ring.ts';
import { addValue, emptyValues, measureValues, removeValue, type Values } from './values.ts';

/** A hit of a rule that a correlation refers to, or the firing of such a correlation. */
export interface CorrelationEvent {
  /** Event time. */
  readonly time: number;
  /** The line, of a firing the one that completed it: group-by and value fields are read from it. */
  readonly entry: AccessLogEntry;
  /** The line's hit, or all lines that the firing counted, in order of time. */
  readonly counted: readonly Hit[];
  /** Of the `value_*` types: what is counted, added up or ordered. */
  readonly value: string | number | null;
}

/** What a correlation knows about one combination of its group-by values. Plain data, so that it can be stored. */
export interface Group extends Stored {
  /** Events of the window, oldest first; the temporal types have a ring for each rule. */
  readonly rings: readonly Ring<CorrelationEvent>[];
  /** Time of the first event since the window was empty. */
  opened: number;
  /** Time of the newest event. */
  newest: number;
  /** Line of the event that came last: a line that several rules hit counts once. */
  entry: AccessLogEntry | null;
  /** True from a firing to the next pause longer than the timespan. */
  fired: boolean;
  /** Events of the window, those that the bound dropped from a window that is counted when it closes included. */
  total: number;
  /** Weight of the lines that the events hold. */
  held: number;
  /** Of a sliding window only while there are enough events for its condition. */
  values: Values | null;
  readonly chain: Chain | null;
}

/** The shape of a correlation's groups. */
export interface GroupPlan {
  readonly correlation: CorrelationRule;
  /** The rules referred to, each once: the temporal types keep their events apart. */
  readonly rules: readonly string[];
  readonly temporal: boolean;
  /** True for the types that look at a field's values. */
  readonly valued: boolean;
  /** True when the condition is answered while the window slides, false when it is answered as a fixed one closes. */
  readonly sliding: boolean;
  /** Bound for each ring. */
  readonly maxEvents: number;
}

export function emptyGroup(plan: GroupPlan): Group {
  const { correlation, rules, temporal } = plan;
  return {
    rings: (temporal ? rules : rules.slice(0, 1)).map(() => emptyRing()),
    opened: Number.NEGATIVE_INFINITY,
    newest: Number.NEGATIVE_INFINITY,
    entry: null,
    fired: false,
    total: 0,
    held: 0,
    generation: 0,
    values: firstValues(plan),
    chain: correlation.type === 'temporal_ordered' ? emptyChain(correlation.rules) : null,
  };
}

/**
 * Adds an event of `rule` and drops what left a sliding window.
 * @returns how many events the bound dropped.
 */
export function addEvent(plan: GroupPlan, group: Group, rule: string, event: CorrelationEvent): number {
  const ring = ringOf(plan, group, rule);
  if (group.total === 0) group.opened = event.time;
  const late = event.time < group.newest;
  group.newest = late ? group.newest : event.time;
  group.entry = event.entry;
  if (plan.sliding) dropBefore(plan, group, group.newest - plan.correlation.timespanMs);
  let dropped = 0;
  if (ring.size >= plan.maxEvents) {
    dropOldest(plan, group, ring);
    dropped = 1;
  }
  pushRing(ring, event);
  group.total++;
  group.held += weightOfHits(event.counted);
  if (group.values !== null && event.value !== null) addValue(group.values, event.value);
  if (late) settleNewest(ring);
  if (group.chain !== null) {
    if (late) rebuildChain(group.chain, plan.rules, group.rings);
    else advanceChain(group.chain, rule, event);
  }
  return dropped;
}

/** What the condition is asked about. */
export function measureGroup({ correlation, sliding, valued }: GroupPlan, group: Group): number {
  if (group.chain !== null) {
    return chainLength(group.chain, sliding ? group.newest - correlation.timespanMs : Number.NEGATIVE_INFINITY);
  }
  if (valued) {
    group.values ??= valuesOf(group.rings, correlation.type);
    return measureValues(group.values, correlation);
  }
  return correlation.type === 'temporal' ? group.rings.filter(({ size }) => size > 0).length : group.total;
}

/** Empties the group and returns the lines that its events counted, in order of time, each once. */
export function takeCounted(plan: GroupPlan, group: Group): Hit[] {
  const events = group.rings.flatMap(itemsOf);
  if (group.rings.length > 1) events.sort((a, b) => a.time - b.time);
  const byEntry = new Map<AccessLogEntry, Hit>();
  for (const hit of events.flatMap(({ counted }) => counted)) if (!byEntry.has(hit.entry)) byEntry.set(hit.entry, hit);
  clearGroup(plan, group);
  return [...byEntry.values()];
}

/** Starts afresh: the window is empty and may fire again. */
export function clearGroup(plan: GroupPlan, group: Group): void {
  for (const ring of group.rings) clearRing(ring);
  group.total = 0;
  group.held = 0;
  group.fired = false;
  group.values = firstValues(plan);
  if (group.chain !== null) Object.assign(group.chain, emptyChain(plan.correlation.rules));
}

/** Lets go of all that it holds. */
export function releaseGroup(plan: GroupPlan, group: Group): void {
  clearGroup(plan, group);
  group.entry = null;
}

/** A window that is counted as it closes has its values from the start, since its bound may drop events before. */
function firstValues({ correlation, valued, sliding }: GroupPlan): Values | null {
  return valued && !sliding ? emptyValues(correlation.type) : null;
}

function valuesOf(rings: readonly Ring<CorrelationEvent>[], type: CorrelationType): Values {
  const values = emptyValues(type);
  for (const { value } of rings.flatMap(itemsOf)) if (value !== null) addValue(values, value);
  return values;
}

function ringOf(plan: GroupPlan, group: Group, rule: string): Ring<CorrelationEvent> {
  const ring = group.rings[plan.temporal ? plan.rules.indexOf(rule) : 0];
  if (ring === undefined) throw new Error(`no ring for ${rule}`); // a listener is made only for a rule of the plan
  return ring;
}

function dropBefore(plan: GroupPlan, group: Group, floor: number): void {
  for (const ring of group.rings) {
    for (let oldest = ringAt(ring, 0); oldest !== undefined && oldest.time < floor; oldest = ringAt(ring, 0)) {
      dropOldest(plan, group, ring);
    }
  }
}

/** A window that is counted as it closes keeps the number and the values of what its bound drops. */
function dropOldest({ sliding }: GroupPlan, group: Group, ring: Ring<CorrelationEvent>): void {
  const event = shiftRing(ring);
  if (event === undefined) return;
  group.held -= weightOfHits(event.counted);
  if (!sliding) return;
  group.total--;
  if (group.values !== null && event.value !== null) removeValue(group.values, event.value);
}
