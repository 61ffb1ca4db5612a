import { describe, expect, it } from 'vitest';
import { readRules } from '../../../src/detect/detect.ts';
import { itemsOf, type Node } from '../../../src/detect/match/node.ts';
import { type Atom, keepAtoms, splitIntoAtoms } from '../../../src/detect/prefilter/atoms.ts';
import { rule } from '../sample-rules.ts';

const SELECTIONS = [
  'path: {cs-uri-stem|contains: a}',
  'query: {x-query-value|sqli: true}',
  'agent: {cs-user-agent|contains: b}',
  'status: {sc-status: 404}',
].join('\n  ');

function nodeOf(condition: string): Node {
  const [compiled] = readRules([{ path: 'a.yml', text: rule('r', SELECTIONS, condition) }]).compiled;
  if (compiled === undefined) throw new Error('a rule was expected');
  return compiled.node;
}

/** A condition in short: names of its selections, atoms in square brackets as they are judged. */
function show(node: Node, atoms: readonly Atom[]): string {
  if (node.type === 'item') return node.selection;
  if (node.type === 'atom') return `[${node.number} ${show(atoms[node.number]?.node ?? node.node, atoms)}]`;
  if (node.type === 'not') return `not ${show(node.node, atoms)}`;
  return `(${node.nodes.map((inner) => show(inner, atoms)).join(` ${node.type} `)})`;
}

describe('atoms', () => {
  it.each([
    ['one part', 'path or query', '[0 (path or query)]'],
    ['what is looked up before what is judged', 'query and path', '[0 (path and query)]'],
    ['a negation', 'not query and path', '[0 (path and not query)]'],
    ['several parts', 'path and agent', '([0 path] and [1 agent])'],
    ['what is no part', 'status', 'status'],
    ['a negation over parts', 'not (path and agent)', 'not ([0 path] and [1 agent])'],
  ])('hold %s', (_, condition, expected) => {
    const atoms: Atom[] = [];
    expect(show(splitIntoAtoms(nodeOf(condition), atoms), atoms)).toBe(expected);
  });

  it('that are not kept become what they stand for', () => {
    const atoms: Atom[] = [];
    const node = splitIntoAtoms(nodeOf('not (path and agent) and status'), atoms);
    expect(atoms.flatMap((atom) => [...itemsOf(atom.node)].map(({ selection }) => selection))).toEqual([
      'path',
      'agent',
    ]);
    expect(show(keepAtoms(node, new Set([1])), atoms)).toBe('(status and not ([1 agent] and path))');
  });
});
