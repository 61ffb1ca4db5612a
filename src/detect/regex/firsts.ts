import type { Assertion } from './ast.ts';
import type { Instruction, Program } from './program.ts';

/** What a match may begin with: each `set`, and `match` for an empty one, that is reached where such assertions hold. */
export function firstsOf(program: Program, holds: (kind: Assertion['kind']) => boolean): readonly Instruction[] {
  const firsts: Instruction[] = [];
  const passed = new Set<number>();
  const ways = [0];
  for (let at = ways.pop(); at !== undefined; at = ways.pop()) {
    const instruction = program[at];
    if (instruction === undefined || passed.has(at)) continue;
    passed.add(at);
    switch (instruction.op) {
      case 'set':
      case 'match':
        firsts.push(instruction);
        break;
      case 'split':
        ways.push(instruction.first, instruction.second);
        break;
      case 'jump':
        ways.push(instruction.to);
        break;
      case 'assert':
        if (holds(instruction.kind)) ways.push(at + 1);
        break;
      case 'save':
        ways.push(at + 1);
    }
  }
  return firsts;
}
