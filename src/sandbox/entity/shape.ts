import type { CtimFault } from '../../ctim/ctim.ts';
import { ShapeRefusal } from '../http/answer.ts';

interface Tree {
  [step: string]: Tree | string;
}

/**
 * The 400 for faults of shape. `errors` is nested like the body, with the error in the place of the value at fault; a
 * collection of a bundle is a set, so its errors stand in a list that does not tell which entity each belongs to.
 */
export function shapeRefusal(faults: readonly CtimFault[], collections: ReadonlySet<string> = new Set()): ShapeRefusal {
  const [first] = faults;
  if (first?.path.length === 0) return new ShapeRefusal(leafOf(first));
  const tree: Tree = {};
  for (const fault of faults) insert(tree, fault.path, leafOf(fault));
  return new ShapeRefusal(
    Object.fromEntries(
      Object.entries(tree).map(([key, inner]) => [
        key,
        collections.has(key) && typeof inner !== 'string' ? Object.values(inner).map(nest) : nest(inner),
      ]),
    ),
  );
}

function insert(tree: Tree, path: CtimFault['path'], leaf: string): void {
  let branch = tree;
  for (const step of path.slice(0, -1)) {
    const next = branch[step];
    if (typeof next === 'string') return; // The whole value is at fault already.
    const inner = next ?? {};
    branch[step] = inner;
    branch = inner;
  }
  branch[path.at(-1) ?? ''] ??= leaf;
}

/** Lists show null for the elements before the one at fault. */
function nest(tree: Tree | string): unknown {
  if (typeof tree === 'string') return tree;
  const keys = Object.keys(tree);
  if (!keys.every((key) => /^\d+$/.test(key))) {
    return Object.fromEntries(Object.entries(tree).map(([key, inner]) => [key, nest(inner)]));
  }
  const length = Math.max(...keys.map(Number)) + 1;
  return Array.from({ length }, (_, i) => (tree[i] === undefined ? null : nest(tree[i])));
}

function leafOf({ code, message }: CtimFault): string {
  return code === 'invalid' ? `(not (${message}))` : code;
}
