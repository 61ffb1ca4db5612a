import type { PartName } from '../match/field.ts';
import { itemsOf, join, type Node } from '../match/node.ts';

/** A rule's condition by the parts of an entry that decide it: all groups must hold, and the rest. */
export interface Groups {
  readonly byPart: ReadonlyMap<PartName, Node>;
  /** What no part decides alone; null when the groups are the whole condition. */
  readonly rest: Node | null;
}

export function groupsOf(node: Node): Groups {
  const conjuncts = node.type === 'and' ? node.nodes : [node];
  const byPart = new Map<PartName, Node[]>();
  const rest: Node[] = [];
  for (const conjunct of conjuncts) {
    const part = partOf(conjunct);
    if (part === null) rest.push(conjunct);
    else byPart.set(part, [...(byPart.get(part) ?? []), conjunct]);
  }
  return {
    byPart: new Map([...byPart].map(([part, nodes]) => [part, join('and', nodes)])),
    rest: rest.length === 0 ? null : join('and', rest),
  };
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
