import { type AccessLogEntry, bareEntry } from '../model/entry.ts';
import { SightlineError } from '../model/errors.ts';
import type { Hit } from '../model/hit.ts';
import type { LogLine } from '../model/line.ts';
import type { Rule } from '../model/rule.ts';
import { fromColumns } from './columns.ts';
import type { CorrelatorCounts } from './counts.ts';
import type { KeptLine } from './evidence.ts';
import type { StoredEntry, Tables } from './packer.ts';

/** Finds what a stored state refers to. */
export interface Unpacker {
  /** The rule as it is now; as it was, when it is gone. */
  rule(place: number): Rule;
  /** The rule as it was. */
  pastRule(place: number): Rule;
  entry(place: number): AccessLogEntry;
  hit(place: number): Hit;
  /** False for a hit of a rule that is gone. */
  isCurrent(hit: Hit): boolean;
  kept(place: number): KeptLine;
}

export interface UnpackerOptions {
  /** All rules now in force, those of correlations included. */
  readonly rules: readonly Rule[];
  readonly reread: (line: LogLine) => AccessLogEntry | null;
}

/** @throws SightlineError `damaged-state`, as its answers do, for a place that is none. */
export function unpacker(tables: Tables, { rules, reread }: UnpackerOptions, counts: CorrelatorCounts): Unpacker {
  const current = new Map(rules.map((rule) => [rule.id, rule]));
  const kept = fromColumns(tables.kept);
  const entries = fromColumns(tables.entries).map((stored) => restoreEntry(stored, reread, counts));

  const ruleAt = (place: number) => {
    const past = itemAt(tables.rules, place);
    return current.get(past.id) ?? past;
  };
  const hits = fromColumns(tables.hits).map(({ rule, entry, field, view, matched, observables }): Hit => {
    const match = { field, view, text: matched };
    return { rule: ruleAt(rule), entry: itemAt(entries, entry), match, observables: observables ?? [] };
  });

  return {
    rule: ruleAt,
    pastRule: (place) => itemAt(tables.rules, place),
    entry: (place) => itemAt(entries, place),
    hit: (place) => itemAt(hits, place),
    isCurrent: ({ rule }) => current.has(rule.id),
    kept: (place) => itemAt(kept, place),
  };
}

/** An entry whose line can no longer be read as it was keeps what it was stored by, and tells nothing else. */
function restoreEntry(
  { time, client, ...line }: StoredEntry,
  reread: UnpackerOptions['reread'],
  counts: CorrelatorCounts,
): AccessLogEntry {
  const entry = reread(line);
  if (entry !== null && entry.time === time && entry.client === client) return entry;
  counts.costs['lines-not-reread']++;
  return bareEntry({ line, time, client });
}

function itemAt<Item>(items: readonly Item[], place: number): Item {
  const item = items[place];
  if (item === undefined) {
    const message = `expected a whole correlation state; it refers to place ${place} of ${items.length}`;
    throw new SightlineError('damaged-state', message);
  }
  return item;
}
