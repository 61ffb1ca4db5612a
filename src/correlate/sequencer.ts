import type { Hit } from '../model/hit.ts';
import { compareText } from './compare-text.ts';
import type { CorrelatorCounts, Cost } from './counts.ts';
import { weightOf } from './line-weight.ts';
import type { Packer } from './packer.ts';
import { slotQueue } from './slot-queue.ts';
import type { Shelf } from './trail.ts';
import type { Unpacker } from './unpacker.ts';

/** The hits of one line, in order of rule id. */
export type Line = readonly [Hit, ...Hit[]];

/** The lines at one place in the sequence: those in time come first. */
export interface Slot {
  /** The lines' own time; of the late ones, the newest time that their source had shown by then. */
  readonly at: number;
  readonly inTime: Line[];
  readonly late: Line[];
  /** Lines in time that are put by, as they came: runs of places, each from one place on and before the next. */
  readonly quiet: number[];
  /** Number of these lines. */
  quietCount: number;
  /** What its lines weigh. */
  readonly weights: Weights;
}

/** Of lines with hits of rules that alert, and of the others. */
interface Weights {
  hits: number;
  others: number;
}

export interface SequencerOptions {
  readonly shelf: Shelf;
  readonly latenessMs: number;
  /** Weight of the lines that wait with hits of rules that alert, and of the others. */
  readonly maxPendingHits: number;
  readonly maxPendingLines: number;
}

/** Brings lines into the order of time, whatever the order in which several sources are read. */
export interface Sequencer {
  /** `clock`: the newest event time that the line's own source had shown, this line included. */
  put(hits: readonly Hit[], clock: number): void;
  /** Whether a line of that time is in time. */
  isInTime(time: number, clock: number): boolean;
  /** Takes a line in time that is put by. */
  putQuiet(place: number, time: number, bytes: number): void;
  /** The lines of the earliest time, if it lies before `watermark` or if more lines wait than the bounds allow. */
  next(watermark: number): Slot | undefined;
  save(pack: Packer): SequencerState;
  /** Hits of rules that are gone stay behind. */
  restore(state: SequencerState, unpack: Unpacker): void;
}

export interface SequencerState {
  readonly released: number;
  readonly slots: readonly StoredSlot[];
}

interface StoredSlot {
  readonly at: number;
  readonly inTime: readonly StoredLine[];
  readonly late: readonly StoredLine[];
}

/** Places in the table of hits. */
type StoredLine = readonly number[];

/**
 * Lines of the same time are ordered by what they say, and by where they were read only where they say the same: what they
 * tell is in the same order however the lines were spread over sources.
 */
export function sequencer(options: SequencerOptions, counts: CorrelatorCounts): Sequencer {
  const { latenessMs, maxPendingHits, maxPendingLines, shelf } = options;
  const slots = slotQueue<Slot>();
  const waiting: Weights = { hits: 0, others: 0 };
  let released = Number.NEGATIVE_INFINITY;

  const isInTime = (time: number, clock: number) => time >= clock - latenessMs && time >= released;

  function weigh(slot: Slot, kind: keyof Weights, bytes: number): void {
    const weight = weightOf(bytes);
    slot.weights[kind] += weight;
    waiting[kind] += weight;
  }

  function add(slot: Slot, lines: Line[], line: Line): void {
    lines.push(line);
    weigh(slot, line.some(({ rule }) => rule.alerts) ? 'hits' : 'others', line[0].entry.line.length);
  }

  /** Which of the bounds more lines wait than allowed by; null for none. */
  function exceeded(): Cost | null {
    if (waiting.hits > maxPendingHits) return 'pending-hits-released-early';
    return waiting.others > maxPendingLines ? 'pending-lines-released-early' : null;
  }

  return {
    isInTime,
    putQuiet(place, time, bytes) {
      counts.hits++;
      const slot = slots.find(time, emptySlot);
      weigh(slot, 'others', bytes);
      const { quiet } = slot;
      // Lines that come one after the other have places one after the other.
      if (quiet[quiet.length - 1] === place) quiet[quiet.length - 1] = place + 1;
      else quiet.push(place, place + 1);
      slot.quietCount++;
    },
    put(hits, clock) {
      const line = hits.length > 1 ? hits.toSorted(compareRules) : hits;
      if (!isLine(line)) return;
      const [{ entry }] = line;
      counts.hits += hits.length;
      if (isInTime(entry.time, clock)) {
        const slot = slots.find(entry.time, emptySlot);
        add(slot, slot.inTime, line);
      } else {
        counts.lateHits += hits.length;
        const slot = slots.find(Math.max(clock, released), emptySlot);
        add(slot, slot.late, line);
      }
    },
    next(watermark) {
      const first = slots.first();
      if (first === undefined) return undefined;
      const { at, inTime, late, quietCount, weights } = first;
      if (at >= watermark) {
        const cost = exceeded();
        if (cost === null) return undefined;
        counts.costs[cost] += inTime.length + late.length + quietCount;
      }
      slots.shift();
      waiting.hits -= weights.hits;
      waiting.others -= weights.others;
      released = at;
      if (inTime.length > 1) inTime.sort(compareLines);
      if (late.length > 1) late.sort(compareLines);
      return first;
    },
    save: (pack) => ({
      released,
      slots: slots.items().map(({ at, inTime, late, quiet }) => ({
        at,
        inTime: [...inTime, ...shelf.hitsOf(placesOf(quiet)).map((hit) => [hit])].map((line) => line.map(pack.hit)),
        late: late.map((line) => line.map(pack.hit)),
      })),
    }),
    restore(state, unpack) {
      released = state.released;
      const restoreLines = (lines: readonly StoredLine[]): Line[] =>
        lines.flatMap((stored) => {
          const hits = stored.map(unpack.hit).filter(unpack.isCurrent);
          counts.costs['outdated-hits-dropped'] += stored.length - hits.length;
          return isLine(hits) ? [hits] : [];
        });
      for (const { at, inTime, late } of state.slots) {
        const slot = slots.find(at, emptySlot);
        for (const line of restoreLines(inTime)) add(slot, slot.inTime, line);
        for (const line of restoreLines(late)) add(slot, slot.late, line);
      }
    },
  };
}

function emptySlot(at: number): Slot {
  return { at, inTime: [], late: [], quiet: [], quietCount: 0, weights: { hits: 0, others: 0 } };
}

/** The places of all runs of a slot. */
function placesOf(runs: readonly number[]): number[] {
  const places: number[] = [];
  for (let run = 0; run < runs.length; run += 2) {
    const [from, to] = runs.slice(run, run + 2) as [number, number]; // runs are pairs
    for (let place = from; place < to; place++) places.push(place);
  }
  return places;
}

function compareRules(a: Hit, b: Hit): number {
  return compareText(a.rule.id, b.rule.id);
}

export function compareLines(a: Line, b: Line): number {
  const one = a[0].entry;
  const other = b[0].entry;
  return (
    compareText(one.client, other.client) ||
    one.time - other.time ||
    compareText(one.line.text, other.line.text) ||
    compareText(namesOf(a), namesOf(b)) ||
    compareText(one.line.source, other.line.source) ||
    one.line.offset - other.line.offset
  );
}

function isLine(hits: readonly Hit[]): hits is Line {
  return hits.length > 0;
}

/** Tells lines apart that say the same but have other hits, because their sources have different formats. */
function namesOf(hits: readonly Hit[]): string {
  return hits.map(({ rule }) => rule.id).join();
}
