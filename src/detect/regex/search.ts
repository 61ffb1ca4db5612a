import { includes } from './ast.ts';
import type { Program } from './program.ts';
import { follow, Reached, type Slots } from './threads.ts';

/**
 * Finds the left-most match that a backtracking engine would, with its captures, by following all ways at once (Pike's
 * machine): time is linear in text times program.
 *
 * @param end - code units of the text that are looked at
 * @returns start and end of each group; undefined for a group that took no part; null without a match
 */
export function searchProgram(program: Program, text: string, end: number): Slots | null {
  const saves = program.reduce((most, part) => (part.op === 'save' ? Math.max(most, part.slot + 1) : most), 0);
  const empty: Slots = new Array<undefined>(saves).fill(undefined);
  let waiting: (readonly [number, Slots])[] = [];
  let found: Slots | null = null;
  const reached = new Reached(program);
  for (let i = 0; i <= end; i += 1) {
    const unit = i < end ? text.charCodeAt(i) : Number.NaN;
    const place = { at: i, before: i > 0 ? text.charCodeAt(i - 1) : Number.NaN, after: unit };
    reached.beginPlace();
    const next: (readonly [number, Slots])[] = [];
    let isCut = false;
    const reach = (at: number, slots: Slots): void => {
      const instruction = program[at];
      if (isCut) return;
      if (instruction?.op === 'match') {
        found = slots;
        isCut = true;
      } else if (instruction?.op === 'set' && includes(instruction.ranges, unit)) {
        next.push([at + 1, slots]);
      }
    };
    for (const [at, slots] of waiting) follow(program, at, slots, place, reached, reach);
    if (found === null) follow(program, 0, empty, place, reached, reach);
    waiting = next;
    if (waiting.length === 0 && found !== null) break;
  }
  return found;
}
