import type { PartName } from '../match/field.ts';
import { itemsOf, join, type Node } from '../match/node.ts';

/** A condition that one part of an entry decides alone. */
export interface Atom {
  readonly part: PartName;
  readonly node: Node;
}

/**
 * Takes conditions apart into atoms, the largest that there are, and what remains between them.
 *
 * @param atoms - where the atoms go; their numbers are positions in it
 */
export function splitIntoAtoms(node: Node, atoms: Atom[]): Node {
  const part = partOf(node);
  if (part !== null) return atomOf(part, node, atoms);
  if (node.type === 'not') return { type: 'not', node: splitIntoAtoms(node.node, atoms) };
  if (node.type !== 'and' && node.type !== 'or') return node;
  const byPart = new Map<PartName | null, Node[]>();
  for (const inner of node.nodes) {
    const own = partOf(inner);
    byPart.set(own, [...(byPart.get(own) ?? []), inner]);
  }
  const split = [...byPart].flatMap(([own, nodes]) =>
    own === null ? nodes.map((inner) => splitIntoAtoms(inner, atoms)) : [atomOf(own, join(node.type, nodes), atoms)],
  );
  return join(node.type, split);
}

/** The same condition with no atoms but those of the given numbers: the others are what they stand for. */
export function keepAtoms(node: Node, kept: ReadonlySet<number>): Node {
  switch (node.type) {
    case 'item':
      return node;
    case 'atom':
      return kept.has(node.number) ? node : node.node;
    case 'not':
      return { type: 'not', node: keepAtoms(node.node, kept) };
    default:
      return join(
        node.type,
        node.nodes.map((inner) => keepAtoms(inner, kept)),
      );
  }
}

function atomOf(part: PartName, node: Node, atoms: Atom[]): Node {
  return { type: 'atom', number: atoms.push({ part, node: cheapestFirst(node) }) - 1, node };
}

/**
 * The same condition with what is quickly looked up before what is judged, and of that the exceptions last, which hardly ever
 * decide: an atom tells nobody which of its items matched.
 */
function cheapestFirst(node: Node): Node {
  if (node.type === 'not') return { type: 'not', node: cheapestFirst(node.node) };
  if (node.type !== 'and' && node.type !== 'or') return node;
  return { type: node.type, nodes: node.nodes.map(cheapestFirst).toSorted((a, b) => orderOf(a) - orderOf(b)) };
}

function orderOf(node: Node): number {
  const work = workOf(node);
  return node.type === 'not' && work >= JUDGING_WORK ? work + EXCEPTION_WORK : work;
}

const LOOKUP_WORK = 1;
const JUDGING_WORK = 20;
/** More than any condition has. */
const EXCEPTION_WORK = 1_000_000;

/** Relative work of an evaluation: a matcher that needs one text and no other is hardly more than the search for it. */
function workOf(node: Node): number {
  let work = 0;
  for (const { test } of itemsOf(node)) {
    if (test.kind !== 'text') continue;
    if (test.exacts !== null) {
      work += LOOKUP_WORK;
      continue;
    }
    for (const { literals } of test.matchers) {
      work += literals.length > 0 && literals.every((set) => set.length === 1) ? LOOKUP_WORK : JUDGING_WORK;
    }
  }
  return work;
}

/** The part that alone decides a condition; null when there is none. */
function partOf(node: Node): PartName | null {
  const parts = new Set<PartName | null>();
  for (const { field, test } of itemsOf(node)) {
    parts.add(field.part);
    if (test.kind === 'reference') parts.add(test.other.part);
  }
  const [part = null] = parts;
  return parts.size === 1 ? part : null;
}
