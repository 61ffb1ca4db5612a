import { type Field, Zone } from '../match/field.ts';
import type { Matcher } from '../match/matcher.ts';
import { type Item, itemsOf, join, type Node } from '../match/node.ts';
import { costOfLiterals } from '../match/rarity.ts';
import { withoutLonger } from '../regex/literals.ts';
import { costOfHead, isHead } from './heads.ts';

/** What a line must have for a rule to match: at least one of all that is listed. */
export interface Requirement {
  /** Matchers of which one must be possible, by item. */
  readonly matchers: readonly (readonly [Item, number])[];
  /** Numbers of atoms of which one must hold. */
  readonly atoms: readonly number[];
  readonly statuses: readonly number[];
  /** Conditions on method and protocol alone. */
  readonly heads: readonly Node[];
  /** Rough share of ordinary lines that have it, 0 to 1. */
  readonly cost: number;
}

/** Texts of which one stands in every text that a matcher matches. */
export interface Needles {
  readonly texts: readonly string[];
  readonly cost: number;
}

const EMPTY: Requirement = { matchers: [], atoms: [], statuses: [], heads: [], cost: 0 };
/** Longer literals are cut to their rarest part: it tells as much, and keeps the automaton small. */
const MAX_NEEDLE = 8;
const STATUS_COSTS: ReadonlyMap<number, number> = new Map([
  [200, 0.8],
  [301, 0.2],
  [302, 0.2],
  [304, 0.1],
  [404, 0.03],
]);
const RARE = 0.01;
/** Cost up to which a scan spares more than it takes, where it chooses nothing: each condition that is not tried is worth many needles. */
const MAX_SIDE_COST = 3;
/** What is known to hold is rarer than what only may. */
const KNOWN_SHARE = 0.5;

/**
 * The cheapest requirement of a rule. It is necessary, not sufficient: a line without it cannot match.
 *
 * @returns null when nothing can be named: the rule must be evaluated on each line
 */
export function requirementOf(node: Node): Requirement | null {
  let requirement = requirements.get(node);
  if (requirement === undefined) {
    requirement = findRequirement(node);
    requirements.set(node, requirement);
  }
  return requirement;
}

/** By condition: that of an atom is asked for several times. */
const requirements = new WeakMap<Node, Requirement | null>();

function findRequirement(node: Node): Requirement | null {
  if (node.type !== 'atom' && isHead(node)) return { ...EMPTY, heads: [node], cost: costOfHead(node) };
  switch (node.type) {
    case 'item':
      return requirementOfItem(node);
    case 'atom':
      return { ...EMPTY, atoms: [node.number], cost: (requirementOf(node.node)?.cost ?? 2) * KNOWN_SHARE };
    case 'not':
      return null;
    case 'and': {
      const heads = node.nodes.filter(isHead);
      const others = node.nodes.filter((inner) => !isHead(inner));
      return [...(heads.length > 0 ? [join('and', heads)] : []), ...others].map(requirementOf).reduce(cheaper, null);
    }
    case 'or':
      return unionOf(node.nodes.map(requirementOf));
  }
}

/**
 * The items of an atom that are worth a scan: those that it requires, and those that many ordinary lines do not let be tried.
 */
export function itemsToScan(node: Node): readonly Item[] {
  const required = new Set(requirementOf(node)?.matchers.map(([item]) => item));
  return itemsOf(node).filter((item) => required.has(item) || isWorthScan(item));
}

function isWorthScan({ field, test }: Item): boolean {
  if (test.kind !== 'text') return false;
  const cost = test.matchers.reduce((sum, matcher) => sum + (needlesOf(matcher, field)?.cost ?? 1), 0);
  return cost < MAX_SIDE_COST;
}

/** Needles by matcher, each of which looks at one field: they are asked for several times. */
const known = new WeakMap<Matcher, Needles | null>();

/** @param recall - gives the needles of an item's matchers: those that it knows, or else what `find` finds */
export function recallNeedles(
  { field, test }: Item,
  recall: (find: () => (Needles | null)[]) => (Needles | null)[],
): void {
  if (test.kind !== 'text') return;
  const all = recall(() => test.matchers.map((matcher) => findNeedles(matcher, field)));
  for (const [index, matcher] of test.matchers.entries()) known.set(matcher, all[index] ?? null);
}

/** The rarest needles of a matcher on its field; null when it has none. */
export function needlesOf(matcher: Matcher, field: Field): Needles | null {
  let needles = known.get(matcher);
  if (needles === undefined) {
    needles = findNeedles(matcher, field);
    known.set(matcher, needles);
  }
  return needles;
}

function findNeedles({ literals }: Matcher, { zones, before, after }: Field): Needles | null {
  if (zones === 0) return null;
  let best: Needles | null = null;
  for (const set of literals) {
    const whole = set.map(({ text, atStart, atEnd }) => (atStart ? before : '') + text + (atEnd ? after : ''));
    const texts = withoutLonger(whole.map((text) => cutNeedle(text, zones)));
    const cost = costOfLiterals(texts, zones);
    if (best === null || cost < best.cost) best = { texts, cost };
  }
  return best;
}

function requirementOfItem(item: Item): Requirement | null {
  const { field, test } = item;
  if (test.kind === 'number') {
    if (field.name !== 'sc-status' || test.equals === null) return null;
    const cost = test.equals.reduce((sum, status) => sum + (STATUS_COSTS.get(status) ?? RARE), 0);
    return { ...EMPTY, statuses: test.equals, cost };
  }
  if (test.kind !== 'text') return null;
  if (field.zones === 0) return null;
  const all = test.matchers.map((matcher, index): Requirement => {
    const isKnown = (field.zones & (Zone.OTHER | Zone.LINE)) === 0;
    const cost = (needlesOf(matcher, field)?.cost ?? 1) * (isKnown ? KNOWN_SHARE : 1);
    return { ...EMPTY, matchers: [[item, index]], cost };
  });
  return test.isAll ? all.reduce<Requirement | null>(cheaper, null) : unionOf(all);
}

function cheaper(a: Requirement | null, b: Requirement | null): Requirement | null {
  if (a === null || b === null) return a ?? b;
  return a.cost <= b.cost ? a : b;
}

/** Null when one of them is: nothing can be named that all need one of. */
function unionOf(all: readonly (Requirement | null)[]): Requirement | null {
  if (!all.every((one) => one !== null)) return null;
  return {
    matchers: all.flatMap((one) => one.matchers),
    atoms: all.flatMap((one) => one.atoms),
    statuses: all.flatMap((one) => one.statuses),
    heads: all.flatMap((one) => one.heads),
    cost: all.reduce((sum, one) => sum + one.cost, 0),
  };
}

function cutNeedle(text: string, zones: number): string {
  let best = text.slice(0, MAX_NEEDLE);
  let least = costOfLiterals([best], zones);
  for (let start = 1; start + MAX_NEEDLE <= text.length; start += 1) {
    const part = text.slice(start, start + MAX_NEEDLE);
    const cost = costOfLiterals([part], zones);
    if (cost < least) [best, least] = [part, cost];
  }
  return best;
}
