import { Alphabet } from './alphabet.ts';
import { includes } from './ast.ts';
import { firstsOf } from './firsts.ts';
import type { Program } from './program.ts';
import { follow, Reached } from './threads.ts';

/** States kept of one pattern; when a text makes more, all are dropped and made afresh as needed. */
const MAX_STATES = 1000;
const FIRST_STATES = 16;
const UNKNOWN = -1;
const ACCEPT = -2;
/** Nothing that follows can make a match any more. */
const DEAD = -3;
const NO_SLOTS: readonly undefined[] = [];

interface State {
  /** Instructions waiting at this place, before any that takes no character is followed. */
  readonly waiting: readonly number[];
  /** Sample of the class of the code unit before, which assertions ask for; NaN at the start. */
  readonly before: number;
}

/**
 * Tells whether a program matches anywhere in a text, in time linear in the text: a deterministic automaton whose states
 * are made when first reached.
 */
export class Automaton {
  readonly #program: Program;
  readonly #alphabet: Alphabet;
  readonly #hasAssertions: boolean;
  readonly #isAnchored: boolean;
  /** Nothing else leads out of the first state; null where several characters do. */
  readonly #lead: string | null;
  readonly #reached: Reached;
  readonly #numbers = new Map<string, number>();
  readonly #states: State[] = [];
  /** Columns of the table: one for each class, and the end of the text. */
  readonly #width: number;
  /** A row for each state, in which stands where the next state's row begins. */
  #table: Int32Array;

  constructor(program: Program) {
    this.#program = program;
    this.#alphabet = new Alphabet(program);
    this.#reached = new Reached(program);
    this.#hasAssertions = program.some((instruction) => instruction.op === 'assert');
    this.#isAnchored = isAnchored(program);
    this.#lead = this.#hasAssertions ? null : leadOf(program);
    this.#width = this.#alphabet.size + 1;
    this.#table = new Int32Array(FIRST_STATES * this.#width);
    this.#rowOf([], Number.NaN);
  }

  /** @param end - code units of the text that are looked at */
  test(text: string, end: number): boolean {
    const alphabet = this.#alphabet;
    const { latin1 } = alphabet;
    const lead = this.#lead;
    let table = this.#table;
    // The first state to be made is that before a text.
    let row = 0;
    for (let i = 0; i < end; i += 1) {
      if (row === 0 && lead !== null) {
        i = text.indexOf(lead, i);
        if (i < 0 || i >= end) return false;
      }
      const unit = text.charCodeAt(i);
      const column = unit < 256 ? (latin1[unit] as number) : alphabet.classOf(unit); // it has 256 members
      const next = table[row + column] as number; // a row has all columns
      if (next >= 0) {
        row = next;
        continue;
      }
      row = next === UNKNOWN ? this.#step(row, column) : next;
      if (row < 0) return row === ACCEPT;
      table = this.#table;
    }
    const last = table[row + alphabet.size];
    return (last === UNKNOWN ? this.#step(row, alphabet.size) : last) === ACCEPT;
  }

  /** Where the row of the next state begins, ACCEPT, or DEAD. */
  #step(row: number, column: number): number {
    const state = this.#states[row / this.#width];
    if (state === undefined) throw new Error(`no state at row ${row}`); // rows begin where states have them
    const unit = this.#alphabet.samples[column] ?? Number.NaN;
    const place = { at: 0, before: state.before, after: unit };
    this.#reached.beginPlace();
    const waiting = new Set<number>();
    let accepts = false;
    for (const at of [...state.waiting, 0]) {
      follow(this.#program, at, NO_SLOTS, place, this.#reached, (to) => {
        const instruction = this.#program[to];
        if (instruction?.op === 'match') accepts = true;
        else if (instruction?.op === 'set' && includes(instruction.ranges, unit)) waiting.add(to + 1);
      });
    }
    const next = accepts
      ? ACCEPT
      : this.#isAnchored && waiting.size === 0
        ? DEAD
        : this.#rowOf(
            [...waiting].sort((a, b) => a - b),
            unit,
          );
    // All states may have been dropped in between.
    if (this.#states[row / this.#width] === state) this.#table[row + column] = next;
    return next;
  }

  #rowOf(waiting: readonly number[], unit: number): number {
    const before = this.#hasAssertions ? unit : Number.NaN;
    const key = `${before} ${waiting.join(' ')}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#states.length >= MAX_STATES) {
      this.#states.length = 0;
      this.#numbers.clear();
      this.#rowOf([], Number.NaN);
      return this.#rowOf(waiting, unit);
    }
    const row = this.#states.length * this.#width;
    if (row === this.#table.length) {
      const grown = new Int32Array(this.#table.length * 2);
      grown.set(this.#table);
      this.#table = grown;
    }
    this.#table.fill(UNKNOWN, row, row + this.#width);
    this.#states.push({ waiting, before });
    this.#numbers.set(key, row);
    return row;
  }
}

/** Whether each match begins where the text begins. */
function isAnchored(program: Program): boolean {
  return firstsOf(program, (kind) => kind !== 'start').length === 0;
}

/** The character that each match begins with; null where it may be one of several, or depends on what stands around it. */
function leadOf(program: Program): string | null {
  const units = new Set<number>();
  for (const instruction of firstsOf(program, () => true)) {
    const [low, high] = instruction.op === 'set' && instruction.ranges.length === 2 ? instruction.ranges : [];
    if (low === undefined || low !== high) return null;
    units.add(low);
  }
  const [unit] = units;
  return units.size === 1 && unit !== undefined ? String.fromCharCode(unit) : null;
}
