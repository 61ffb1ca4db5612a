import { type Assertion, includes, type Ranges } from './ast.ts';
import type { Program } from './program.ts';

const WORD: Ranges = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
const NEWLINE = 0x0a;

/** The code units on either side of a place; NaN beyond the text's edges. */
export interface Place {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

function holds({ kind, ranges, allowsEdge }: Assertion, { before, after }: Place): boolean {
  switch (kind) {
    case 'start':
      return Number.isNaN(before);
    case 'end':
      return Number.isNaN(after);
    case 'line-start':
      return Number.isNaN(before) || before === NEWLINE;
    case 'line-end':
      return Number.isNaN(after) || after === NEWLINE;
    case 'word':
      return includes(WORD, before) !== includes(WORD, after);
    case 'not-word':
      return includes(WORD, before) === includes(WORD, after);
    case 'next':
      return Number.isNaN(after) ? allowsEdge : includes(ranges, after);
    case 'previous':
      return Number.isNaN(before) ? allowsEdge : includes(ranges, before);
  }
}

/** Captured places by slot: start and end of group 0, of group 1, ... */
export type Slots = readonly (number | undefined)[];

/** Which instructions were reached at a place - forgotten all at once as the next place begins - and which wait to be followed. */
export class Reached {
  readonly waiting: number[] = [];
  readonly waitingSlots: Slots[] = [];
  readonly #places: Int32Array;
  #place = 1;

  constructor(program: Program) {
    this.#places = new Int32Array(program.length);
  }

  beginPlace(): void {
    this.#place += 1;
  }

  /** @returns whether the instruction was not reached before at this place */
  add(instruction: number): boolean {
    if (this.#places[instruction] === this.#place) return false;
    this.#places[instruction] = this.#place;
    return true;
  }

  wait(instruction: number, slots: Slots): void {
    this.waiting.push(instruction);
    this.waitingSlots.push(slots);
  }
}

/**
 * Follows the instructions that take no character, in order of preference.
 *
 * @param reach - called for each `set` and `match` that is reached, once at each place
 */
export function follow(
  program: Program,
  from: number,
  slots: Slots,
  place: Place,
  reached: Reached,
  reach: (instruction: number, slots: Slots) => void,
): void {
  const { waiting, waitingSlots } = reached;
  reached.wait(from, slots);
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const held = waitingSlots.pop() as Slots; // each that waits has its own
    if (!reached.add(at)) continue;
    const instruction = program[at];
    switch (instruction?.op) {
      case 'jump':
        reached.wait(instruction.to, held);
        break;
      case 'split':
        reached.wait(instruction.second, held);
        reached.wait(instruction.first, held);
        break;
      case 'save':
        reached.wait(at + 1, instruction.slot < held.length ? held.with(instruction.slot, place.at) : held);
        break;
      case 'assert':
        if (holds(instruction, place)) reached.wait(at + 1, held);
        break;
      default:
        reach(at, held);
    }
  }
}
