import type { RegexNode } from './ast.ts';

/** More alternatives than this are not told apart. */
const MAX_ALTERNATIVES = 64;
const MAX_SET = 4;
/** A set that stands alone may have more: one of its members is what each match holds. */
const MAX_LONE_SET = 32;
const MAX_REPEATS = 3;

/**
 * Literals, lower case, of which each match holds at least one.
 *
 * @param cost - estimates how often a set would be found in ordinary text: the set with the least cost is taken
 * @returns null when none can be named
 */
export function literalsOf(node: RegexNode, cost: (set: readonly string[]) => number): readonly string[] | null {
  const choose = (a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null => {
    const [left, right] = [usable(a), usable(b)];
    if (left === null || right === null) return left ?? right;
    return cost(left) <= cost(right) ? left : right;
  };
  switch (node.type) {
    case 'choice': {
      const literals = node.nodes.map((part) => literalsOf(part, cost));
      return literals.every((part) => part !== null) ? literals.flat() : null;
    }
    case 'repeat':
      return node.min > 0 ? choose(exactRepeats({ ...node, max: node.min }), literalsOf(node.node, cost)) : null;
    case 'set':
      return exactUnits(node.ranges, MAX_LONE_SET);
    case 'group':
      return literalsOf(node.node, cost);
    case 'sequence': {
      let best: readonly string[] | null = null;
      let run: readonly string[] = [''];
      for (const part of node.nodes) {
        const exact = exactTexts(part);
        const longer = exact === null ? null : product(run, exact);
        if (longer !== null) {
          run = longer;
          continue;
        }
        const begun = beginnings(part);
        best = choose(best, begun === null ? run : (product(run, begun) ?? run));
        best = choose(best, literalsOf(part, cost));
        run = exact !== null && exact.length <= MAX_ALTERNATIVES ? exact : [''];
      }
      return choose(best, run);
    }
    default:
      return usable(exactTexts(node));
  }
}

function usable(set: readonly string[] | null): readonly string[] | null {
  if (set === null || set.length === 0 || set.includes('')) return null;
  // A literal that holds another of the set tells nothing more.
  return [...new Set(set)].filter((text, _, all) => !all.some((other) => other !== text && text.includes(other)));
}

/** All texts, lower case, that a node can match; null when they are too many, or not plain ASCII. */
function exactTexts(node: RegexNode): readonly string[] | null {
  switch (node.type) {
    case 'set':
      return exactUnits(node.ranges, MAX_SET);
    case 'assertion':
      return [''];
    case 'group':
      return exactTexts(node.node);
    case 'sequence':
      return node.nodes.reduce<readonly string[] | null>(
        (all, part) => {
          const texts = exactTexts(part);
          return all === null || texts === null ? null : product(all, texts);
        },
        [''],
      );
    case 'choice': {
      const texts = node.nodes.map(exactTexts);
      const all = texts.every((part) => part !== null) ? texts.flat() : null;
      return all !== null && all.length <= MAX_ALTERNATIVES ? all : null;
    }
    case 'repeat':
      return exactRepeats(node);
  }
}

/** Texts, lower case, with one of which each match of a node begins; null when they are too many, or one is empty. */
function beginnings(node: RegexNode): readonly string[] | null {
  const exact = exactTexts(node);
  if (exact !== null) return exact.includes('') ? null : exact;
  switch (node.type) {
    case 'group':
      return beginnings(node.node);
    case 'repeat':
      return node.min > 0 ? beginnings(node.node) : null;
    case 'choice': {
      const texts = node.nodes.map(beginnings);
      const all = texts.every((part) => part !== null) ? texts.flat() : null;
      return all !== null && all.length <= MAX_ALTERNATIVES ? all : null;
    }
    case 'sequence': {
      let run: readonly string[] = [''];
      for (const part of node.nodes) {
        const whole = exactTexts(part);
        const longer = product(run, whole ?? beginnings(part) ?? []);
        if (longer === null || longer.length === 0) break;
        run = longer;
        if (whole === null) break;
      }
      return run.includes('') ? null : run;
    }
    default:
      return null;
  }
}

/** `s?`, `x{2}`, `a{1,3}`: each number of times is a text of its own. */
function exactRepeats({ node, min, max }: RegexNode & { type: 'repeat' }): readonly string[] | null {
  const inner = max <= MAX_REPEATS ? exactTexts(node) : null;
  if (inner === null) return null;
  const all: string[] = [];
  let texts: readonly string[] | null = [''];
  for (let times = 0; times <= max && texts !== null; times += 1) {
    if (times >= min) all.push(...texts);
    texts = times < max ? product(texts, inner) : texts;
  }
  return texts !== null && all.length <= MAX_ALTERNATIVES ? all : null;
}

function exactUnits(ranges: readonly number[], max: number): readonly string[] | null {
  const letters = new Set<string>();
  for (let i = 0; i < ranges.length; i += 2) {
    for (let unit = ranges[i] ?? 0; unit <= (ranges[i + 1] ?? 0); unit += 1) {
      if (unit >= 0x80 || letters.size > max) return null;
      letters.add(String.fromCharCode(unit).toLowerCase());
    }
  }
  return letters.size > max ? null : [...letters];
}

function product(left: readonly string[], right: readonly string[]): readonly string[] | null {
  if (left.length * right.length > MAX_ALTERNATIVES) return null;
  return left.flatMap((a) => right.map((b) => a + b));
}
