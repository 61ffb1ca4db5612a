import type { Caller, Page, QuietLine } from '../../correlate/correlate.ts';
import type { Reject } from '../../model/reject.ts';
import { findFormat, parser } from '../../parse/parse.ts';
import { takeSegment } from '../../read/read.ts';
import type { Detection } from '../detection.ts';
import { type Intake, lineTaker, type Takes } from '../line-taker.ts';
import type { QuietMemory } from '../quiet-lines.ts';
import {
  AMOUNTS,
  AMOUNTS_WIDTH,
  type Findings,
  PLACES,
  PLACES_WIDTH,
  type QuietRows,
  type SegmentPlan,
  type Task,
  type ToldLine,
} from './findings.ts';

/** Texts that are known by number before numbers begin anew. */
const MAX_TEXTS = 65_536;
const FIRST_ROWS = 4096;

/** What the rules and the allow-list make of entries. */
export type Judge = Pick<Detection, 'detect' | 'quietBits'> & Pick<Intake, 'mayAllow'>;

/** Scans segments, whatever source they come from: all that can be known of lines without the lines before them. */
export function segmentScanner(plan: SegmentPlan, judge: Judge, memory: QuietMemory): (task: Task) => Findings {
  const { client, read, jsonFields, sinceMs, untilMs } = plan;
  const takers = new Map<string, Takes>();
  const rows = quietRows();
  const tally = { lines: 0, skipped: 0 };
  let told: (ToldLine | Reject)[] = [];

  const intake: Intake = {
    tally,
    canBeQuiet: true,
    quietBits: judge.quietBits,
    mayAllow: judge.mayAllow,
    takeQuiet: rows.add,
    take(entry) {
      const { line, time, client: requester, stem, status } = entry;
      const { hits, filtered } = judge.detect(entry);
      const toldHits = hits.map(({ rule, match, observables }) => ({ rule: rule.id, match, observables }));
      told.push({ line, time, client: requester, stem, status, hits: toldHits, filtered });
    },
    noteReject(reject) {
      told.push(reject);
    },
  };

  function takerOf(format: string): Takes {
    const known = takers.get(format);
    if (known !== undefined) return known;
    const found = findFormat(format, jsonFields);
    const lane = { format: found, parse: parser({ ...client, format: found }), clock: Number.NEGATIVE_INFINITY };
    const taker = lineTaker({ intake, source: '', lane, memory, ...read, sinceMs, untilMs });
    takers.set(format, taker);
    return taker;
  }

  return ({ source, format, buffer, length, offset, elisions }) => {
    const ledger = { lines: 0, skipped: 0 };
    const { take, sight } = takerOf(format);
    if (sight === null) throw new Error(`lines of the format ${format} cannot be told by their bytes`);
    tally.skipped = 0;
    const framing = { source, ...read, ledger, onReject: intake.noteReject };
    takeSegment({ bytes: Buffer.from(buffer, 0, length), offset, elisions }, framing, { sight, take });
    const findings = {
      buffer,
      lines: ledger.lines,
      skipped: ledger.skipped + tally.skipped,
      told,
      ...rows.take(),
    };
    told = [];
    return findings;
  };
}

interface Rows {
  add(line: QuietLine): void;
  /** Takes out what was added since the last call. */
  take(): Pick<Findings, 'quiet' | 'texts' | 'beginsAnew'>;
}

function quietRows(): Rows {
  let places = new Int32Array(FIRST_ROWS * PLACES_WIDTH);
  let amounts = new Float64Array(FIRST_ROWS * AMOUNTS_WIDTH);
  let count = 0;
  /** Of the texts since numbers began anew; what a caller or a page notes goes on counting, so that it is known to be older. */
  let numbers = new Map<string, number>();
  let first = 0;
  let texts: string[] = [];
  let beginsAnew = true;

  function numberOf(text: string): number {
    const known = numbers.get(text);
    if (known !== undefined) return known;
    const number = numbers.size;
    numbers.set(text, number);
    texts.push(text);
    return number;
  }

  function numberOn(noted: Caller | Page, text: string): number {
    if (noted.number < first) noted.number = first + numberOf(text);
    return noted.number - first;
  }

  function grow(): void {
    const [smallerPlaces, smallerAmounts] = [places, amounts];
    places = new Int32Array(smallerPlaces.length * 2);
    places.set(smallerPlaces);
    amounts = new Float64Array(smallerAmounts.length * 2);
    amounts.set(smallerAmounts);
  }

  return {
    add({ number, from, to, caller, served, time, offset }) {
      if ((count + 1) * PLACES_WIDTH > places.length) grow();
      const place = count * PLACES_WIDTH;
      places[place + PLACES.number] = number;
      places[place + PLACES.from] = from;
      places[place + PLACES.to] = to;
      places[place + PLACES.client] = numberOn(caller, caller.client);
      places[place + PLACES.stem] = served === null ? -1 : numberOn(served.page, served.page.stem);
      places[place + PLACES.host] = served === null || served.host === null ? -1 : numberOf(served.host);
      const amount = count * AMOUNTS_WIDTH;
      amounts[amount + AMOUNTS.time] = time;
      amounts[amount + AMOUNTS.offset] = offset;
      amounts[amount + AMOUNTS.answered] = served === null ? 0 : served.bytes;
      count++;
    },
    take() {
      const quiet: QuietRows = {
        count,
        places: places.slice(0, count * PLACES_WIDTH),
        amounts: amounts.slice(0, count * AMOUNTS_WIDTH),
      };
      const taken = { quiet, texts, beginsAnew };
      count = 0;
      texts = [];
      beginsAnew = numbers.size > MAX_TEXTS;
      if (beginsAnew) {
        first += numbers.size;
        numbers = new Map();
      }
      return taken;
    },
  };
}
