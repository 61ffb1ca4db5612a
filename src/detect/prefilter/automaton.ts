/** Units of a kind that no needle tells apart share a class; class 0 is everything that stands in no needle. */
type Classes = Uint16Array;

/**
 * Aho and Corasick's automaton over many needles, written out as one table: each character of a text is one look-up, whatever
 * the number of needles. Case does not count. A state is the offset of its row; states in which a needle ends come last, so
 * that one comparison tells them.
 */
export interface NeedleAutomaton {
  /** Class by code unit. */
  readonly classes: Classes;
  /** Next state by state plus class. */
  readonly table: Int32Array;
  /** Number of classes: the width of a row. */
  readonly width: number;
  /** States from here on have needles that end in them. */
  readonly firstOutput: number;
  /** Positions of the needles that end in a state, by row less that of `firstOutput`. */
  readonly outputs: readonly Int32Array[];
}

interface Build {
  readonly next: number[][];
  readonly found: number[][];
}

/** @param needles - lower case, none empty */
export function buildAutomaton(needles: readonly string[]): NeedleAutomaton {
  const { classes, width } = classify(needles);
  const trie = buildTrie(needles, classes, width);
  const order = completeTransitions(trie, width);
  return writeTable(trie, order, classes, width);
}

/** Every code unit that lower case changes, with the first unit of what it becomes. */
const CASE_PAIRS: readonly (readonly [number, number])[] = Array.from({ length: 0x10000 }, (_, unit) => unit)
  .map((unit) => [unit, String.fromCharCode(unit).toLowerCase().charCodeAt(0)] as const)
  .filter(([unit, lower]) => unit !== lower);

/** A code unit counts as what lower case makes of it, the first unit where that is several. */
function classify(needles: readonly string[]): { classes: Classes; width: number } {
  const classes = new Uint16Array(0x10000);
  let width = 1;
  for (const needle of needles) {
    for (let i = 0; i < needle.length; i += 1) {
      const unit = needle.charCodeAt(i);
      if (classes[unit] === 0) classes[unit] = width++;
    }
  }
  for (const [upper, lower] of CASE_PAIRS) classes[upper] = classes[lower] ?? 0;
  return { classes, width };
}

function buildTrie(needles: readonly string[], classes: Classes, width: number): Build {
  const trie: Build = { next: [new Array<number>(width).fill(0)], found: [[]] };
  for (const [index, needle] of needles.entries()) {
    let state = 0;
    for (let i = 0; i < needle.length; i += 1) {
      const row = trie.next[state] ?? [];
      const column = classes[needle.charCodeAt(i)] ?? 0;
      if (row[column] === 0) {
        row[column] = trie.next.push(new Array<number>(width).fill(0)) - 1;
        trie.found.push([]);
      }
      state = row[column] ?? 0;
    }
    trie.found[state]?.push(index);
  }
  return trie;
}

/** Breadth first: where a state has no own transition it takes that of the longest suffix that is a state. */
function completeTransitions({ next, found }: Build, width: number): readonly number[] {
  const suffix = new Int32Array(next.length);
  const order = [0];
  for (let at = 0; at < order.length; at += 1) {
    const state = order[at] ?? 0;
    const row = next[state] ?? [];
    const fallback = next[suffix[state] ?? 0] ?? [];
    for (let column = 0; column < width; column += 1) {
      const child = row[column] ?? 0;
      const other = state === 0 ? 0 : (fallback[column] ?? 0);
      if (child === 0) {
        row[column] = other;
        continue;
      }
      suffix[child] = other;
      found[child]?.push(...(found[other] ?? []));
      order.push(child);
    }
  }
  return order;
}

function writeTable(
  { next, found }: Build,
  order: readonly number[],
  classes: Classes,
  width: number,
): NeedleAutomaton {
  const isOutput = (state: number): boolean => (found[state]?.length ?? 0) > 0;
  const sorted = [...order.filter((state) => !isOutput(state)), ...order.filter(isOutput)];
  const rows = new Int32Array(next.length);
  for (const [row, state] of sorted.entries()) rows[state] = row * width;
  const table = new Int32Array(next.length * width);
  for (const [row, state] of sorted.entries()) {
    for (let column = 0; column < width; column += 1) {
      table[row * width + column] = rows[next[state]?.[column] ?? 0] ?? 0;
    }
  }
  const outputs = sorted.filter(isOutput).map((state) => Int32Array.from(new Set(found[state])));
  return { classes, table, width, firstOutput: (next.length - outputs.length) * width, outputs };
}
