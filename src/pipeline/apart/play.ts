import { callerOf, pageOf, type Served } from '../../correlate/correlate.ts';
import type { Hit } from '../../model/hit.ts';
import type { Rule } from '../../model/rule.ts';
import { ownEntry } from '../../parse/parse.ts';
import type { Lane, Scan } from '../scan.ts';
import type { Ticker } from '../ticker.ts';
import { AMOUNTS, AMOUNTS_WIDTH, PLACES, PLACES_WIDTH, type ToldHit, type ToldLine } from './findings.ts';
import type { Scanned, Text } from './segment-texts.ts';

export interface PlayerOptions {
  readonly scan: Scan;
  readonly source: string;
  readonly lane: Lane;
  readonly tick: Ticker;
  /** By id. */
  readonly rules: ReadonlyMap<string, Rule>;
}

/**
 * Does with the lines of a source, segment by segment, what is done where they are scanned: line for line the same calls in
 * the same order.
 */
export function player({ scan, source, lane, tick, rules }: PlayerOptions): (scanned: Scanned) => Generator<number> {
  const { tally } = scan;
  let before = 0;

  function takeQuiet({ findings, texts }: Scanned, bytes: Buffer, row: number): void {
    const { places, amounts } = findings.quiet;
    const place = (column: number) => places[row * PLACES_WIDTH + column] as number; // each row has all columns
    const amount = (column: number) => amounts[row * AMOUNTS_WIDTH + column] as number; // likewise
    const text = (column: number) => texts[place(column)];
    const [time, stem, client] = [amount(AMOUNTS.time), text(PLACES.stem), text(PLACES.client) as Text]; // every line has a client
    let served: Served | null = null;
    if (stem !== undefined) {
      stem.page ??= pageOf(stem.text);
      served = { host: text(PLACES.host)?.text ?? null, time, page: stem.page, bytes: amount(AMOUNTS.answered) };
    }
    client.caller ??= callerOf(client.text);
    if (time > lane.clock) lane.clock = time;
    scan.takeQuiet(
      {
        bytes,
        from: place(PLACES.from),
        to: place(PLACES.to),
        source,
        number: before + place(PLACES.number),
        offset: amount(AMOUNTS.offset),
        time,
        caller: client.caller,
        served,
      },
      lane.clock,
    );
  }

  function takeTold(told: ToldLine): void {
    const line = { ...told.line, number: before + told.line.number };
    const entry = ownEntry({ ...told, line }, lane.parse);
    if (told.time > lane.clock) lane.clock = told.time;
    const hitOf = ({ rule, match, observables }: ToldHit): Hit => ({ rule: ruleOf(rule), entry, match, observables });
    scan.takeDetected(entry, { hits: told.hits.map(hitOf), filtered: told.filtered }, lane.clock);
  }

  function ruleOf(id: string): Rule {
    const rule = rules.get(id);
    if (rule === undefined) throw new Error(`a worker has a rule ${id} that is not known here`);
    return rule;
  }

  return function* play(scanned) {
    const { buffer, lines, skipped, quiet, told } = scanned.findings;
    const bytes = Buffer.from(buffer);
    let [row, next] = [0, 0];
    for (let number = 1; number <= lines; number++) {
      const one = told[next];
      if (row < quiet.count && quiet.places[row * PLACES_WIDTH + PLACES.number] === number) {
        takeQuiet(scanned, bytes, row++);
      } else if (one?.line.number === number) {
        if ('code' in one) scan.noteReject({ ...one, line: { ...one.line, number: before + number } });
        else takeTold(one);
        next++;
      }
      tally.lines++;
      const clock = tick();
      if (clock !== undefined) yield clock;
    }
    tally.skipped += skipped;
    before += lines;
  };
}
