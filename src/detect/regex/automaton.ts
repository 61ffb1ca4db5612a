import { Alphabet } from './alphabet.ts';
import { includes } from './ast.ts';
import type { Program } from './program.ts';
import { follow } from './threads.ts';

/** States kept of one pattern; when a text makes more, all are dropped and made afresh as needed. */
const MAX_STATES = 1000;
const UNKNOWN = -1;
const ACCEPT = -2;
/** The first state to be made is that before a text. */
const START = 0;
const NO_SLOTS: readonly undefined[] = [];

interface State {
  /** Instructions waiting at this place, before any that takes no character is followed. */
  readonly waiting: readonly number[];
  /** Sample of the class of the code unit before, which assertions ask for; NaN at the start. */
  readonly before: number;
  /** Next state by class; the last column is the end of the text. */
  readonly next: Int32Array;
}

/**
 * Tells whether a program matches anywhere in a text, in time linear in the text: a deterministic automaton whose states
 * are made when first reached.
 */
export class Automaton {
  readonly #program: Program;
  readonly #alphabet: Alphabet;
  readonly #hasAssertions: boolean;
  readonly #numbers = new Map<string, number>();
  readonly #states: State[] = [];

  constructor(program: Program) {
    this.#program = program;
    this.#alphabet = new Alphabet(program);
    this.#hasAssertions = program.some((instruction) => instruction.op === 'assert');
  }

  /** @param end - code units of the text that are looked at */
  test(text: string, end: number): boolean {
    if (this.#states.length === 0) this.#numberOf([], Number.NaN);
    let state = START;
    for (let i = 0; i <= end; i += 1) {
      const column = i === end ? this.#alphabet.size : this.#alphabet.classOf(text.charCodeAt(i));
      let next = this.#states[state]?.next[column] ?? UNKNOWN;
      if (next === UNKNOWN) next = this.#step(state, column);
      if (next === ACCEPT) return true;
      state = next;
    }
    return false;
  }

  #step(number: number, column: number): number {
    const state = this.#states[number];
    if (state === undefined) return ACCEPT;
    const unit = this.#alphabet.samples[column] ?? Number.NaN;
    const place = { at: 0, before: state.before, after: unit };
    const seen = new Uint8Array(this.#program.length);
    const reached = new Set<number>();
    let accepts = false;
    for (const at of [...state.waiting, 0]) {
      follow(this.#program, at, NO_SLOTS, place, seen, (to) => {
        const instruction = this.#program[to];
        if (instruction?.op === 'match') accepts = true;
        else if (instruction?.op === 'set' && includes(instruction.ranges, unit)) reached.add(to + 1);
      });
    }
    const next = accepts
      ? ACCEPT
      : this.#numberOf(
          [...reached].sort((a, b) => a - b),
          unit,
        );
    // A reset may have dropped the state: writing to it then does no harm.
    state.next[column] = this.#states[number] === state || next === ACCEPT ? next : UNKNOWN;
    return next;
  }

  #numberOf(waiting: readonly number[], unit: number): number {
    const before = this.#hasAssertions ? unit : Number.NaN;
    const key = `${before} ${waiting.join(' ')}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#states.length >= MAX_STATES) {
      this.#states.length = 0;
      this.#numbers.clear();
      this.#numberOf([], Number.NaN);
      return this.#numberOf(waiting, unit);
    }
    const next = new Int32Array(this.#alphabet.size + 1).fill(UNKNOWN);
    const number = this.#states.push({ waiting, before, next }) - 1;
    this.#numbers.set(key, number);
    return number;
  }
}
