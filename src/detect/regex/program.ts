import type { Assertion, Ranges, Regex, RegexNode } from './ast.ts';
import { RegexError } from './parse-regex.ts';

/** Instructions of a compiled pattern: counted repetitions are written out, so a small pattern can become a long program. */
export const MAX_INSTRUCTIONS = 3000;

export type Instruction =
  | { readonly op: 'set'; readonly ranges: Ranges }
  | ({ readonly op: 'assert' } & Assertion)
  /** Goes on at both, `first` preferred. */
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'match' };

/** A nondeterministic automaton after Thompson; each instruction but `split` and `jump` goes on at the next one. */
export type Program = readonly Instruction[];

/** @throws RegexError when the pattern is too large */
export function compileProgram(regex: Regex): Program {
  const program: Instruction[] = [];
  emit(program, { type: 'group', node: regex.node, index: 0 });
  push(program, { op: 'match' });
  return withSharedSets(program);
}

/** The same sets of characters come again and again in a pattern: each is held once. */
function withSharedSets(program: readonly Instruction[]): Program {
  const sets = new Map<string, Instruction>();
  return program.map((instruction) => {
    if (instruction.op !== 'set') return instruction;
    const key = instruction.ranges.join();
    const known = sets.get(key);
    if (known !== undefined) return known;
    const shared: Instruction = { op: 'set', ranges: instruction.ranges.slice() };
    sets.set(key, shared);
    return shared;
  });
}

function push<I extends Instruction>(program: Instruction[], instruction: I): I {
  if (program.length >= MAX_INSTRUCTIONS) throw new RegexError(`the pattern is too large: its repetitions multiply`);
  program.push(instruction);
  return instruction;
}

function emit(program: Instruction[], node: RegexNode): void {
  switch (node.type) {
    case 'set':
      push(program, { op: 'set', ranges: node.ranges });
      return;
    case 'assertion':
      push(program, { op: 'assert', kind: node.kind, ranges: node.ranges, allowsEdge: node.allowsEdge });
      return;
    case 'sequence':
      for (const part of node.nodes) emit(program, part);
      return;
    case 'group':
      push(program, { op: 'save', slot: node.index * 2 });
      emit(program, node.node);
      push(program, { op: 'save', slot: node.index * 2 + 1 });
      return;
    case 'choice':
      emitChoice(program, node.nodes);
      return;
    case 'repeat':
      emitRepeat(program, node);
  }
}

function emitChoice(program: Instruction[], nodes: readonly RegexNode[]): void {
  const ends: { to: number }[] = [];
  for (const [index, node] of nodes.entries()) {
    if (index === nodes.length - 1) {
      emit(program, node);
      break;
    }
    const split = push(program, { op: 'split', first: program.length + 1, second: 0 });
    emit(program, node);
    ends.push(push(program, { op: 'jump', to: 0 }));
    split.second = program.length;
  }
  for (const end of ends) end.to = program.length;
}

function emitRepeat(program: Instruction[], { node, min, max, greedy }: RegexNode & { type: 'repeat' }): void {
  for (let i = 0; i < min; i += 1) emit(program, node);
  if (max === Number.POSITIVE_INFINITY) {
    const split = push(program, { op: 'split', first: 0, second: 0 });
    const at = program.length;
    emit(program, node);
    push(program, { op: 'jump', to: at - 1 });
    aim(split, greedy, at, program.length);
    return;
  }
  const splits: { split: { first: number; second: number }; at: number }[] = [];
  for (let i = min; i < max; i += 1) {
    const split = push(program, { op: 'split', first: 0, second: 0 });
    splits.push({ split, at: program.length });
    emit(program, node);
  }
  for (const { split, at } of splits) aim(split, greedy, at, program.length);
}

/** A greedy repetition prefers to go on. */
function aim(split: { first: number; second: number }, greedy: boolean, body: number, end: number): void {
  split.first = greedy ? body : end;
  split.second = greedy ? end : body;
}
