import { callerOf, pageOf } from '../../correlate/correlate.ts';
import type { Hit } from '../../model/hit.ts';
import type { Rule } from '../../model/rule.ts';
import { ownEntry } from '../../parse/parse.ts';
import { reusedLine } from '../reused-line.ts';
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
  const { line, served } = reusedLine(source);
  let before = 0;

  function takeQuiet({ findings, texts }: Scanned, bytes: Buffer, row: number): void {
    const { places, amounts } = findings.quiet;
    // Each row has all columns, each line a client, and each number a text.
    const place = row * PLACES_WIDTH;
    const amount = row * AMOUNTS_WIDTH;
    const client = texts[places[place + PLACES.client] as number] as Text;
    const [stem, host] = [places[place + PLACES.stem] as number, places[place + PLACES.host] as number];
    line.bytes = bytes;
    line.from = places[place + PLACES.from] as number;
    line.to = places[place + PLACES.to] as number;
    line.number = before + (places[place + PLACES.number] as number);
    line.offset = amounts[amount + AMOUNTS.offset] as number;
    line.time = amounts[amount + AMOUNTS.time] as number;
    client.caller ??= callerOf(client.text);
    line.caller = client.caller;
    line.served = null;
    if (stem >= 0) {
      const path = texts[stem] as Text;
      path.page ??= pageOf(path.text);
      served.host = host < 0 ? null : (texts[host] as Text).text;
      served.time = line.time;
      served.page = path.page;
      served.bytes = amounts[amount + AMOUNTS.answered] as number;
      line.served = served;
    }
    if (line.time > lane.clock) lane.clock = line.time;
    scan.takeQuiet(line, lane.clock);
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
