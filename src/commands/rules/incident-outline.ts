import type { Incident, Outcome } from '../../model/incident.ts';
import type { Level } from '../../model/rule.ts';

/** What two sets of rules can be compared by. */
export interface IncidentOutline {
  readonly attacker: string;
  /** ISO 8601, as is `last`. */
  readonly first: string;
  readonly last: string;
  readonly level: Level;
  readonly outcome: Outcome;
  readonly score: number;
  readonly hits: number;
  /** In order of id. */
  readonly rules: readonly { readonly id: string; readonly title: string; readonly count: number }[];
}

export interface IncidentChange {
  readonly before: IncidentOutline;
  readonly after: IncidentOutline;
}

/** How the incidents of two runs over the same logs differ; in order of first time, then attacker. */
export interface IncidentDiff {
  readonly appeared: readonly IncidentOutline[];
  readonly vanished: readonly IncidentOutline[];
  readonly changed: readonly IncidentChange[];
  /** Number of those that are alike in everything. */
  readonly same: number;
}

export function outline({ attacker, first, last, level, outcome, score, hits, rules }: Incident): IncidentOutline {
  return {
    attacker: attacker.key,
    first: new Date(first).toISOString(),
    last: new Date(last).toISOString(),
    level,
    outcome,
    score,
    hits,
    rules: rules.map(({ rule: { id, title }, count }) => ({ id, title, count })).sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

/**
 * Two incidents are the same one when attacker and first time are equal or, since a rule may see an attack earlier than
 * another did, when they are of one attacker and overlap in time.
 */
export function compareOutlines(old: readonly IncidentOutline[], fresh: readonly IncidentOutline[]): IncidentDiff {
  const ordered = old.toSorted(compareOrder);
  const unpaired = Map.groupBy(fresh.toSorted(compareOrder), ({ attacker }) => attacker);
  const pairs = new Map<IncidentOutline, IncidentOutline>();
  const pairUp = (isSame: (a: IncidentOutline, b: IncidentOutline) => boolean): void => {
    for (const before of ordered.filter((incident) => !pairs.has(incident))) {
      const candidates = unpaired.get(before.attacker) ?? [];
      const index = candidates.findIndex((after) => isSame(before, after));
      const [after] = index < 0 ? [] : candidates.splice(index, 1);
      if (after !== undefined) pairs.set(before, after);
    }
  };
  pairUp((a, b) => a.first === b.first);
  pairUp((a, b) => a.first <= b.last && b.first <= a.last);
  const changed = [...pairs]
    .map(([before, after]) => ({ before, after }))
    .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after))
    .sort((a, b) => compareOrder(a.after, b.after));
  return {
    appeared: [...unpaired.values()].flat().sort(compareOrder),
    vanished: ordered.filter((before) => !pairs.has(before)),
    changed,
    same: pairs.size - changed.length,
  };
}

function compareOrder(a: IncidentOutline, b: IncidentOutline): number {
  const [one, other] = [`${a.first} ${a.attacker}`, `${b.first} ${b.attacker}`];
  return one === other ? 0 : one < other ? -1 : 1;
}
