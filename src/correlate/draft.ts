import type { Hit } from '../model/hit.ts';
import type { Outcome, Sighting, Target } from '../model/incident.ts';
import type { Observable } from '../model/observable.ts';
import type { Rule } from '../model/rule.ts';
import type { CorrelatorCounts } from './counts.ts';
import { type KeptLine, keepLine, showLine } from './evidence.ts';
import { observe } from './observe.ts';
import { outcomeOf, worseOutcome } from './outcome.ts';

/** Bounds of what one sighting lists. */
export interface SightingBounds {
  /** Lines quoted: the first half and the last half of them. */
  readonly maxEvidence: number;
  readonly maxObservables: number;
  readonly maxTargets: number;
  readonly maxAddresses: number;
}

/** A sighting while its bucket is open. Plain data, so that it can be stored. */
export interface Draft {
  readonly rule: Rule;
  readonly bucket: number;
  readonly arrival: number | null;
  count: number;
  first: number;
  last: number;
  outcome: Outcome;
  addresses: readonly string[];
  observables: readonly Observable[];
  targets: readonly Target[];
  head: readonly KeptLine[];
  /** The newest lines, the oldest of them at `(count - head.length) % tail.length` once it is full. */
  readonly tail: KeptLine[];
}

export function emptyDraft(rule: Rule, bucket: number, arrival: number | null): Draft {
  return {
    rule,
    bucket,
    arrival,
    count: 0,
    first: Number.POSITIVE_INFINITY,
    last: Number.NEGATIVE_INFINITY,
    outcome: 'refused',
    addresses: [],
    observables: [],
    targets: [],
    head: [],
    tail: [],
  };
}

export function addToDraft(draft: Draft, hit: Hit, bounds: SightingBounds, counts: CorrelatorCounts): void {
  const { entry } = hit;
  draft.first = Math.min(draft.first, entry.time);
  draft.last = Math.max(draft.last, entry.time);
  draft.outcome = worseOutcome(draft.outcome, outcomeOf(entry));
  draft.addresses = withAddress(draft.addresses, entry.client, bounds.maxAddresses);
  draft.targets = withTarget(draft.targets, hit, bounds.maxTargets);
  for (const observable of observe(hit)) {
    if (draft.observables.some(({ type, value }) => value === observable.value && type === observable.type)) continue;
    if (draft.observables.length < bounds.maxObservables) draft.observables = draft.observables.concat(observable);
    else counts.costs['observables-dropped']++;
  }
  const headSize = Math.ceil(bounds.maxEvidence / 2);
  const tailSize = bounds.maxEvidence - headSize;
  if (draft.count < headSize) draft.head = draft.head.concat(keepLine(hit));
  else if (tailSize > 0) draft.tail[(draft.count - headSize) % tailSize] = keepLine(hit);
  draft.count++;
}

/** What is sealed, as it is given out. */
export function showSighting(draft: Draft, bucketMs: number): Sighting {
  const { head, tail, ...facts } = draft;
  const turn = tail.length === 0 ? 0 : (draft.count - head.length) % tail.length;
  const lines = [...head, ...tail.slice(turn), ...tail.slice(0, turn)];
  return { ...facts, bucketMs, evidence: lines.map(showLine) };
}

// Lists that hold one item most of the time grow by copying: push and spread reserve room for 17.

export function withAddress(addresses: readonly string[], address: string, bound: number): readonly string[] {
  return addresses.length >= bound || addresses.includes(address) ? addresses : addresses.concat(address);
}

export function withTarget(targets: readonly Target[], { entry }: Hit, bound: number): readonly Target[] {
  const { host, time, line } = entry;
  const { source } = line;
  const index = targets.findIndex((target) => target.host === host && target.source === source);
  const known = targets[index];
  if (known === undefined) {
    return targets.length < bound ? targets.concat({ host, source, first: time, last: time }) : targets;
  }
  if (time >= known.first && time <= known.last) return targets;
  return targets.with(index, { ...known, first: Math.min(known.first, time), last: Math.max(known.last, time) });
}
