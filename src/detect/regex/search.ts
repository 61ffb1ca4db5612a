import { includes } from './ast.ts';
import { firstsOf } from './firsts.ts';
import type { Program } from './program.ts';
import { follow, Reached, type Slots } from './threads.ts';

/**
 * Finds the left-most match that a backtracking engine would, with its captures, by following all ways at once (Pike's
 * machine): time is linear in text times program.
 */
export class Search {
  readonly #program: Program;
  readonly #reached: Reached;
  readonly #noSlots: Slots;
  /** By code units of Latin-1: whether a match may begin with it. Null where one may be empty. */
  readonly #mayBegin: Uint8Array | null;

  constructor(program: Program) {
    this.#program = program;
    this.#reached = new Reached(program);
    const slots = program.reduce((most, part) => (part.op === 'save' ? Math.max(most, part.slot + 1) : most), 0);
    this.#noSlots = new Array<undefined>(slots).fill(undefined);
    const firsts = firstsOf(program, () => true);
    this.#mayBegin = firsts.some(({ op }) => op === 'match')
      ? null
      : Uint8Array.from({ length: 256 }, (_, unit) =>
          Number(firsts.some((first) => first.op === 'set' && includes(first.ranges, unit))),
        );
  }

  /**
   * @param end - code units of the text that are looked at
   * @returns start and end of each group; undefined for a group that took no part; null without a match
   */
  find(text: string, end: number): Slots | null {
    const program = this.#program;
    const reached = this.#reached;
    const mayBegin = this.#mayBegin;
    let waiting: (readonly [number, Slots])[] = [];
    let found: Slots | null = null;
    for (let i = 0; i <= end; i += 1) {
      const unit = i < end ? text.charCodeAt(i) : Number.NaN;
      if (waiting.length === 0 && mayBegin?.[unit] === 0) continue;
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
      if (found === null) follow(program, 0, this.#noSlots, place, reached, reach);
      waiting = next;
      if (waiting.length === 0 && found !== null) break;
    }
    return found;
  }
}
