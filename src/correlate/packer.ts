import type { AccessLogEntry } from '../model/entry.ts';
import type { Hit } from '../model/hit.ts';
import type { LogLine } from '../model/line.ts';
import type { Observable } from '../model/observable.ts';
import type { Rule } from '../model/rule.ts';
import { type Columns, type Readers, toColumns } from './columns.ts';
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

/** Only what every entry has at hand: an entry that is parsed again when asked for more stays as it is. */
const ENTRY: Readers<AccessLogEntry, StoredEntry> = {
  source: ({ line }) => line.source,
  number: ({ line }) => line.number,
  offset: ({ line }) => line.offset,
  length: ({ line }) => line.length,
  text: ({ line }) => line.text,
  time: ({ time }) => time,
  client: ({ client }) => client,
};

const KEPT: Readers<KeptLine, KeptLine> = {
  source: ({ source }) => source,
  line: ({ line }) => line,
  offset: ({ offset }) => offset,
  length: ({ length }) => length,
  time: ({ time }) => time,
  sha256: ({ sha256 }) => sha256,
  text: ({ text }) => text,
  field: ({ field }) => field,
  view: ({ view }) => view,
  matched: ({ matched }) => matched,
};

export function packer(): Packer {
  const rules = new Map<string, number>();
  const storedRules: Rule[] = [];
  const entries = new Map<AccessLogEntry, number>();
  const hits = new Map<Hit, number>();
  const kept = new Map<KeptLine, number>();

  const pack: Packer = {
    rule(rule) {
      const known = rules.get(rule.id);
      if (known !== undefined) return known;
      rules.set(rule.id, storedRules.length);
      return storedRules.push(rule) - 1;
    },
    entry: (entry) => placeOf(entries, entry),
    hit: (hit) => placeOf(hits, hit),
    kept: (line) => placeOf(kept, line),
    tables() {
      // Hits first: they give their rules and entries their places.
      const storedHits = toColumns<Hit, StoredHit>([...hits.keys()], {
        rule: ({ rule }) => pack.rule(rule),
        entry: ({ entry }) => pack.entry(entry),
        field: ({ match }) => match.field,
        view: ({ match }) => match.view,
        matched: ({ match }) => match.text,
        observables: ({ observables }) => (observables.length === 0 ? null : observables),
      });
      const storedEntries = toColumns([...entries.keys()], ENTRY);
      return { rules: storedRules, entries: storedEntries, hits: storedHits, kept: toColumns([...kept.keys()], KEPT) };
    },
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
