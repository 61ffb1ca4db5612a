import type { AccessLogEntry } from '../model/entry.ts';
import type { Hit } from '../model/hit.ts';
import { compareText } from './compare-text.ts';
import type { CorrelatorCounts } from './counts.ts';
import { type Heap, popHeap, pushHeap } from './heap.ts';

/** The hits of one line and its place in the order in which the stage sees them. */
export interface Arrival {
  /** The line's own time, or for a late line the newest time that its source had shown by then. */
  readonly at: number;
  readonly late: boolean;
  readonly entry: AccessLogEntry;
  /** In order of rule id. */
  readonly hits: readonly Hit[];
}

export interface SequencerOptions {
  readonly latenessMs: number;
  readonly maxPendingHits: number;
}

/** Brings lines into the order of time, whatever the order in which several sources are read. */
export interface Sequencer {
  /** `clock`: the newest event time that the line's own source had shown, this line included. */
  put(hits: readonly Hit[], clock: number): void;
  /** The lines of the earliest time, if it lies before `watermark` or if more lines wait than the bound allows. */
  next(watermark: number): readonly Arrival[] | undefined;
}

/** The lines that wait at one place in the sequence. */
interface Slot {
  readonly at: number;
  readonly arrivals: Arrival[];
}

/**
 * Lines of the same time are ordered by what they say, never by where they were read: the order is the same however
 * the lines were spread over sources.
 */
export function sequencer(options: SequencerOptions, counts: CorrelatorCounts): Sequencer {
  const { latenessMs, maxPendingHits } = options;
  const slots = new Map<number, Slot>();
  const heap: Heap<Slot> = [];
  let waiting = 0;
  let released = Number.NEGATIVE_INFINITY;
  return {
    put(hits, clock) {
      const entry = hits[0]?.entry;
      if (entry === undefined) return;
      counts.hits += hits.length;
      waiting++;
      const late = entry.time < clock - latenessMs || entry.time < released;
      if (late) counts.lateHits += hits.length;
      const at = late ? Math.max(clock, released) : entry.time;
      const arrival: Arrival = { at, late, entry, hits: hits.length > 1 ? hits.toSorted(compareRules) : hits };
      const slot = slots.get(at);
      if (slot !== undefined) {
        slot.arrivals.push(arrival);
        return;
      }
      const opened = { at, arrivals: [arrival] };
      slots.set(at, opened);
      pushHeap(heap, opened, compareSlots);
    },
    next(watermark) {
      const first = heap[0];
      if (first === undefined) return undefined;
      const { at, arrivals } = first;
      if (at >= watermark) {
        if (waiting <= maxPendingHits) return undefined;
        counts.costs['pending-hits-released-early'] += arrivals.length;
      }
      popHeap(heap, compareSlots);
      slots.delete(at);
      waiting -= arrivals.length;
      released = at;
      return arrivals.sort(compareArrivals);
    },
  };
}

function compareSlots(a: Slot, b: Slot): number {
  return a.at - b.at;
}

function compareRules(a: Hit, b: Hit): number {
  return compareText(a.rule.id, b.rule.id);
}

function compareArrivals(a: Arrival, b: Arrival): number {
  const [one, other] = [a.entry, b.entry];
  return (
    Number(a.late) - Number(b.late) ||
    compareText(one.client, other.client) ||
    one.time - other.time ||
    compareText(one.line.text, other.line.text) ||
    compareText(namesOf(a.hits), namesOf(b.hits))
  );
}

/** Tells lines apart that say the same but have other hits, because their sources have different formats. */
function namesOf(hits: readonly Hit[]): string {
  return hits.map(({ rule }) => rule.id).join();
}
