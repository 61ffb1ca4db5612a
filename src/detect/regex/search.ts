import { includes } from './ast.ts';
import { firstsOf } from './firsts.ts';
import type { Program } from './program.ts';
import { follow, Reached, type Slots } from './threads.ts';

/** Where a way through the program stands, and what it captured. */
interface Way {
  readonly at: number;
  readonly slots: Slots;
}

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
    let [waiting, next]: [Way[], Way[]] = [[], []];
    let found: Slots | null = null;
    let [unit, isCut] = [Number.NaN, false];
    const reach = (at: number, slots: Slots): void => {
      const instruction = program[at];
      if (isCut) return;
      if (instruction?.op === 'match') {
        found = slots;
        isCut = true;
      } else if (instruction?.op === 'set' && includes(instruction.ranges, unit)) {
        next.push({ at: at + 1, slots });
      }
    };
    for (let i = 0; i <= end; i += 1) {
      unit = i < end ? text.charCodeAt(i) : Number.NaN;
      const begins = found === null && mayBegin?.[unit] !== 0;
      if (waiting.length === 0 && !begins) {
        if (found !== null) break;
        continue;
      }
      const place = { at: i, before: i > 0 ? text.charCodeAt(i - 1) : Number.NaN, after: unit };
      reached.beginPlace();
      isCut = false;
      for (const { at, slots } of waiting) follow(program, at, slots, place, reached, reach);
      // What came before it is preferred; where one of that matched, `found` is set by now.
      if (begins && found === null) follow(program, 0, this.#noSlots, place, reached, reach);
      waiting.length = 0;
      [waiting, next] = [next, waiting];
    }
    return found;
  }
}
