import type { AccessLogEntry } from '../model/entry.ts';
import type { Hit } from '../model/hit.ts';
import type { Outcome, Sighting, Target } from '../model/incident.ts';
import type { Observable } from '../model/observable.ts';
import type { Rule } from '../model/rule.ts';
import type { Baseline } from './baseline.ts';
import type { CorrelatorCounts } from './counts.ts';
import { type KeptLine, keepLine, showLine, weightOfLine } from './evidence.ts';
import { isObservable, observe } from './observe.ts';
import { outcomeOf, worseOutcome } from './outcome.ts';
import { type Candidate, findSuccess, type Success, withCandidate } from './success.ts';

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
  readonly bucketMs: number;
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
  tail: KeptLine[];
  /** Answers to be judged when the bucket is over, and what came of it. */
  candidates: readonly Candidate[];
  success: Success | null;
}

/** One for all, since tens of thousands of drafts wait in a flood. Nothing is written into a list before it has grown by copying. */
const NONE = Object.freeze([]) as never[];

export function emptyDraft(rule: Rule, bucket: number, bucketMs: number, arrival: number | null): Draft {
  return {
    rule,
    bucket,
    bucketMs,
    arrival,
    count: 0,
    first: Number.POSITIVE_INFINITY,
    last: Number.NEGATIVE_INFINITY,
    outcome: 'refused',
    addresses: NONE,
    observables: NONE,
    targets: NONE,
    head: NONE,
    tail: NONE,
    candidates: NONE,
    success: null,
  };
}

export function addToDraft(
  draft: Draft,
  hit: Hit,
  bounds: SightingBounds,
  baseline: Baseline,
  counts: CorrelatorCounts,
): void {
  const { entry } = hit;
  const line = keepLine(hit);
  draft.first = Math.min(draft.first, entry.time);
  draft.last = Math.max(draft.last, entry.time);
  draft.outcome = worseOutcome(draft.outcome, outcomeOf(entry));
  draft.addresses = withAddress(draft.addresses, hit, bounds.maxAddresses);
  draft.targets = withTarget(draft.targets, hit, bounds.maxTargets);
  draft.observables = withObservables(draft.observables, hit, bounds.maxObservables, counts);
  const headSize = Math.ceil(bounds.maxEvidence / 2);
  const tailSize = bounds.maxEvidence - headSize;
  if (draft.count < headSize) draft.head = draft.head.concat(line);
  else if (draft.tail.length < tailSize) draft.tail = draft.tail.concat(line);
  else if (tailSize > 0) draft.tail[(draft.count - headSize) % tailSize] = line;
  draft.count++;
  draft.candidates = withCandidate(draft.candidates, hit, line, baseline, counts);
}

/** Judges the answers of a bucket that is over at `at`. */
export function judgeDraft(draft: Draft, baseline: Baseline, at: number): void {
  draft.success = findSuccess(draft.candidates, draft.rule, baseline, at);
  draft.candidates = NONE;
  if (draft.success !== null) draft.outcome = 'success';
}

/** As how many lines those that a draft keeps count. */
export function weightOfDraft({ head, tail, candidates, success }: Draft): number {
  let weight = weightOfLines(head) + weightOfLines(tail) + (success === null ? 0 : weightOfLine(success.line));
  for (const { line } of candidates) weight += weightOfLine(line);
  return weight;
}

function weightOfLines(lines: readonly KeptLine[]): number {
  let weight = 0;
  for (const line of lines) weight += weightOfLine(line);
  return weight;
}

/** What is sealed, as it is given out: the line of a success first. */
export function showSighting(draft: Draft): Sighting {
  const { rule, bucket, bucketMs, arrival, count, first, last, outcome, addresses, observables, targets } = draft;
  const { head, tail, success } = draft;
  const facts = { rule, bucket, bucketMs, arrival, count, first, last, outcome, addresses, observables, targets };
  const turn = tail.length === 0 ? 0 : (draft.count - head.length) % tail.length;
  const lines = [...head, ...tail.slice(turn), ...tail.slice(0, turn)];
  if (success === null) return { ...facts, evidence: lines.map(showLine) };
  const { line, telltale } = success;
  const others = lines.filter(({ source, offset }) => offset !== line.offset || source !== line.source);
  return { ...facts, telltale, evidence: [line, ...others].slice(0, lines.length).map(showLine) };
}

// Lists that hold one item most of the time grow by copying: push and spread reserve room for 17.

export function withAddress(addresses: readonly string[], { entry }: Hit, bound: number): readonly string[] {
  if (addresses.length >= bound || addresses.includes(entry.client)) return addresses;
  return addresses.length === 0 ? showAlone(entry).addresses : addresses.concat(entry.client);
}

export function withTarget(targets: readonly Target[], { entry }: Hit, bound: number): readonly Target[] {
  const { host, time, line } = entry;
  const index = placeOfTarget(targets, host, line.source);
  const known = targets[index];
  if (known === undefined) {
    if (targets.length >= bound) return targets;
    const alone = showAlone(entry).targets;
    return targets.length === 0 ? alone : targets.concat(alone);
  }
  if (time >= known.first && time <= known.last) return targets;
  return targets.with(index, { ...known, first: Math.min(known.first, time), last: Math.max(known.last, time) });
}

function placeOfTarget(targets: readonly Target[], host: string | null, source: string): number {
  for (let i = 0; i < targets.length; i++) if (targets[i]?.host === host && targets[i]?.source === source) return i;
  return -1;
}

function withObservables(
  observables: readonly Observable[],
  hit: Hit,
  bound: number,
  counts: CorrelatorCounts,
): readonly Observable[] {
  let grown = observables;
  const alone = showAlone(hit.entry).observables;
  if (grown.length === 0 && alone.length <= bound) grown = alone;
  else for (const observable of alone) grown = withObservable(grown, observable, bound, counts);
  for (const observable of hit.observables) {
    if (isObservable(observable, hit.entry)) grown = withObservable(grown, observable, bound, counts);
  }
  return grown;
}

function withObservable(
  observables: readonly Observable[],
  observable: Observable,
  bound: number,
  counts: CorrelatorCounts,
): readonly Observable[] {
  for (const { type, value } of observables) {
    if (value === observable.value && type === observable.type) return observables;
  }
  if (observables.length < bound) return observables.concat(observable);
  counts.costs['observables-dropped']++;
  return observables;
}

/** What a line shows by itself, whichever rule hits it. */
interface Alone {
  readonly entry: AccessLogEntry;
  readonly addresses: readonly string[];
  readonly targets: readonly Target[];
  readonly observables: readonly Observable[];
}

/** The latest: the hits of a line come one after the other, and what each of their drafts begins with is kept once. */
let latest: Alone | null = null;

function showAlone(entry: AccessLogEntry): Alone {
  if (latest?.entry === entry) return latest;
  const { client, host, time, line } = entry;
  const targets = [{ host, source: line.source, first: time, last: time }];
  latest = { entry, addresses: [client], targets, observables: observe(entry) };
  return latest;
}
