import type { AccessLogEntry } from '../model/entry.ts';
import type { Hit } from '../model/hit.ts';
import type { LogLine } from '../model/line.ts';
import type { Observable } from '../model/observable.ts';
import type { Rule } from '../model/rule.ts';
import { type Columns, toColumns } from './columns.ts';
import type { KeptLine } from './evidence.ts';

/** An entry as it is stored: its line, to be read again, and what its place in the state was chosen by. */
export interface StoredEntry extends LogLine {
  readonly time: number;
  readonly client: string;
}

/** A hit as it is stored: its rule and its entry by their place in their tables. */
export interface StoredHit {
  readonly rule: number;
  readonly entry: number;
  readonly field: string;
  readonly view: string;
  readonly matched: string;
  readonly observables: readonly Observable[] | null;
}

/** What several parts of a state refer to, each thing once. */
export interface Tables {
  /** What composing needs of them, should they be gone when the state is taken up again. */
  readonly rules: readonly Rule[];
  readonly entries: Columns<StoredEntry>;
  readonly hits: Columns<StoredHit>;
  readonly kept: Columns<KeptLine>;
}

/** Gives things a place in the tables of a state. */
export interface Packer {
  rule(rule: Rule): number;
  entry(entry: AccessLogEntry): number;
  hit(hit: Hit): number;
  kept(line: KeptLine): number;
  tables(): Tables;
}

export function packer(): Packer {
  const rules = new Map<string, number>();
  const storedRules: Rule[] = [];
  const entries = new Map<AccessLogEntry, number>();
  const hits = new Map<Hit, number>();
  const storedHits: StoredHit[] = [];
  const kept = new Map<KeptLine, number>();

  const pack: Packer = {
    rule(rule) {
      const known = rules.get(rule.id);
      if (known !== undefined) return known;
      rules.set(rule.id, storedRules.length);
      return storedRules.push(rule) - 1;
    },
    entry: (entry) => placeOf(entries, entry),
    hit(hit) {
      const place = placeOf(hits, hit);
      if (place === storedHits.length) {
        const { field, view, text: matched } = hit.match;
        const observables = hit.observables.length === 0 ? null : hit.observables;
        storedHits.push({ rule: pack.rule(hit.rule), entry: pack.entry(hit.entry), field, view, matched, observables });
      }
      return place;
    },
    kept: (line) => placeOf(kept, line),
    tables: () => ({
      rules: storedRules,
      entries: toColumns([...entries.keys()].map(storeEntry), {
        source: true,
        number: true,
        offset: true,
        length: true,
        text: true,
        time: true,
        client: true,
      }),
      hits: toColumns(storedHits, {
        rule: true,
        entry: true,
        field: true,
        view: true,
        matched: true,
        observables: true,
      }),
      kept: toColumns([...kept.keys()], {
        source: true,
        line: true,
        offset: true,
        length: true,
        time: true,
        sha256: true,
        text: true,
        field: true,
        view: true,
        matched: true,
      }),
    }),
  };
  return pack;
}

/** The place of an item in a table that its keys are, in their order. */
function placeOf<Item>(places: Map<Item, number>, item: Item): number {
  const known = places.get(item);
  if (known !== undefined) return known;
  places.set(item, places.size);
  return places.size - 1;
}

/** Only what every entry has at hand: an entry that is parsed again when asked for more stays as it is. */
function storeEntry({ line, time, client }: AccessLogEntry): StoredEntry {
  const { source, number, offset, length, text } = line;
  return { source, number, offset, length, text, time, client };
}
