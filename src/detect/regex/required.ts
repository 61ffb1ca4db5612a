import type { RegexNode } from './ast.ts';

/** ASCII characters, lower case, that each match of a node holds, in either case. */
export function requiredCharacters(node: RegexNode): ReadonlySet<string> {
  switch (node.type) {
    case 'set':
      return onlyCharacter(node.ranges);
    case 'sequence':
      return new Set(node.nodes.flatMap((part) => [...requiredCharacters(part)]));
    case 'choice':
      return node.nodes.map(requiredCharacters).reduce((all, one) => all.intersection(one));
    case 'repeat':
      return node.min > 0 ? requiredCharacters(node.node) : NONE;
    case 'group':
      return requiredCharacters(node.node);
    case 'assertion':
      return NONE;
  }
}

const NONE: ReadonlySet<string> = new Set();

/** The character that all of the ranges are, if case does not count. */
function onlyCharacter(ranges: readonly number[]): ReadonlySet<string> {
  const units = new Set<string>();
  for (let i = 0; i < ranges.length; i += 2) {
    for (let unit = ranges[i] ?? 0; unit <= (ranges[i + 1] ?? 0); unit += 1) {
      if (unit >= 0x80) return NONE;
      units.add(String.fromCharCode(unit).toLowerCase());
      if (units.size > 1) return NONE;
    }
  }
  return units;
}
