import { follow, type NeedleAutomaton } from './automaton.ts';

/** Most states with a row: ordinary texts reach some thousands of an automaton's tens of thousands. */
const MAX_ROWS = 4096;

/** The start's row. Rows are numbered from 1 on, so that no step is 0. */
export const START = 1;

/**
 * Steps of an automaton, each found once and remembered: a row by each state that texts have reached so far has the step for
 * each class of characters. So a character is one look at a table, which holds what texts reach and nothing else. When it
 * is full it begins anew: whoever writes texts that reach ever other states pays for them, and for no more memory.
 */
export class Steps {
  readonly #automaton: NeedleAutomaton;
  /** By `row * width + class`; 0 for what was not asked yet. */
  readonly table: Int32Array;
  readonly #states: Int32Array;
  /** By state; 0 for none. */
  readonly #rows: Int32Array;
  #length = START;

  constructor(automaton: NeedleAutomaton, maxRows: number = MAX_ROWS) {
    const states = automaton.tells.length;
    const rows = START + Math.min(maxRows, states);
    this.#automaton = automaton;
    this.table = new Int32Array(rows * automaton.width);
    this.#states = new Int32Array(rows);
    this.#rows = new Int32Array(states);
    this.#rowOf(0);
  }

  /** The state of a row. */
  stateOf(row: number): number {
    return this.#states[row] as number; // rows have states
  }

  /**
   * Finds a step that the table does not have.
   *
   * @returns twice the row of the next state, plus 1 if needles end in it
   */
  find(row: number, wanted: number): number {
    const state = follow(this.#automaton, this.stateOf(row), wanted);
    const isFull = this.#rows[state] === 0 && this.#length === this.#states.length;
    if (isFull) this.#forget();
    const step = this.#rowOf(state) * 2 + (this.#automaton.tells[state] as number); // it covers all states
    // The row that asked is gone with the others.
    if (!isFull) this.table[row * this.#automaton.width + wanted] = step;
    return step;
  }

  #rowOf(state: number): number {
    const known = this.#rows[state] as number; // it covers all states
    if (known !== 0) return known;
    const row = this.#length++;
    this.#states[row] = state;
    this.#rows[state] = row;
    return row;
  }

  #forget(): void {
    this.table.fill(0);
    this.#rows.fill(0);
    this.#length = START;
    this.#rowOf(0);
  }
}
