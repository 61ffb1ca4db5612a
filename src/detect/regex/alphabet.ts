import { MAX_UNIT, type Ranges } from './ast.ts';
import type { Program } from './program.ts';

const WORD: Ranges = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
const NEWLINE: Ranges = [0x0a, 0x0a];

/** The code units that no set of a program tells apart, numbered from 0: what an automaton's table has as columns. */
export class Alphabet {
  /** First code unit of each class interval, ascending. */
  readonly #bounds: Uint32Array;
  /** Classes of the first 256 code units. */
  readonly latin1 = new Uint16Array(256);
  /** One code unit of each class. */
  readonly samples: readonly number[];

  constructor(program: Program) {
    const bounds = new Set([0]);
    const addRanges = (ranges: Ranges): void => {
      for (let i = 0; i < ranges.length; i += 2) {
        bounds.add(ranges[i] ?? 0);
        if ((ranges[i + 1] ?? 0) < MAX_UNIT) bounds.add((ranges[i + 1] ?? 0) + 1);
      }
    };
    addRanges(WORD);
    addRanges(NEWLINE);
    for (const instruction of program) if ('ranges' in instruction) addRanges(instruction.ranges);
    this.samples = [...bounds].sort((a, b) => a - b);
    this.#bounds = Uint32Array.from(this.samples);
    for (let unit = 0; unit < 256; unit += 1) this.latin1[unit] = this.#search(unit);
  }

  get size(): number {
    return this.samples.length;
  }

  classOf(unit: number): number {
    return unit < 256 ? (this.latin1[unit] ?? 0) : this.#search(unit);
  }

  #search(unit: number): number {
    let [low, high] = [0, this.#bounds.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#bounds[middle] ?? 0) <= unit) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
