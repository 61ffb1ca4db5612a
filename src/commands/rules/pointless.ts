import type { RuleSet } from '../../detect/detect.ts';
import type { Fault } from '../../model/errors.ts';

type Node = RuleSet['compiled'][number]['node'];
type Item = Extract<Node, { type: 'item' }>;

/** Items that an empty text makes hold for whatever is there, and those that ask a number to be a text that is none. */
export function pointlessItems({ compiled }: RuleSet): { readonly faults: Fault[]; readonly warnings: Fault[] } {
  const [faults, warnings] = [new Map<string, Fault>(), new Map<string, Fault>()];
  for (const { node, filters } of compiled) {
    // A filter stands at each rule that it applies to.
    for (const { test, field, locate } of [node, ...filters.map((filter) => filter.node)].flatMap(itemsOf)) {
      if (test.kind !== 'text') continue;
      for (const { label, exact } of test.matchers) {
        const spot = locate();
        const tell = (told: Map<string, Fault>, message: string) =>
          told.set(`${spot.path}:${spot.line}:${spot.col}:${message}`, { ...spot, message });
        if (label === '' && exact === null) {
          tell(faults, `an empty text matches everything: name what ${field.name} must hold`);
        } else if (field.kind === 'number' && exact !== null && Number.isNaN(Number(exact))) {
          tell(warnings, `${field.name} is a number and can never be "${exact}"`);
        }
      }
    }
  }
  return { faults: [...faults.values()], warnings: [...warnings.values()] };
}

/** All items of a condition. */
function itemsOf(node: Node): readonly Item[] {
  if (node.type === 'item') return [node];
  if (node.type === 'not' || node.type === 'atom') return itemsOf(node.node);
  return node.nodes.flatMap(itemsOf);
}
