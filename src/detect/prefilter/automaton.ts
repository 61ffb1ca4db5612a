/** Units of a kind that no needle tells apart share a class; class 0 is everything that stands in no needle. */
type Classes = Uint8Array | Uint16Array;

/**
 * Aho and Corasick's automaton over many needles, written out as one table: each character of a text is one look-up, whatever
 * the number of needles. Case does not count. States are numbered so that those in which a needle ends come last: one
 * comparison tells them. The start is state 0.
 */
export interface NeedleAutomaton {
  /** Class by code unit. */
  readonly classes: Classes;
  /** Next state by `(state << shift) + class`. */
  readonly table: Uint16Array | Uint32Array;
  readonly shift: number;
  /** States from here on have needles that end in them. */
  readonly firstOutput: number;
  /** Needles that end in state `s` are `outputs[starts[s - firstOutput]]` up to the next start, by position. */
  readonly starts: Int32Array;
  readonly outputs: Int32Array;
}

/** The needles as a tree, with links to the longest suffix of each state that is a state as well. */
interface Trie {
  readonly classes: Classes;
  readonly firstChild: Int32Array;
  readonly sibling: Int32Array;
  /** Class of the character that leads to a state. */
  readonly label: Uint16Array;
  readonly suffix: Int32Array;
  /** The last needle that ends in a state by itself, -1 for none, and the one before it that ends there too. */
  readonly ending: Int32Array;
  readonly endingBefore: Int32Array;
  /** States with the shorter ones first. */
  readonly order: Int32Array;
}

/** Characters up to this number, each of two units at most, are told by one byte. */
const MAX_NARROW = 128;

/** Code units whose lower case is looked at together: hardly any but the first of such blocks have one. */
const BLOCK = Array.from({ length: 0x100 }, (_, unit) => unit);

/** @param needles - lower case, none empty */
export function buildAutomaton(needles: readonly string[]): NeedleAutomaton {
  const { classes, width } = classify(needles);
  const trie = buildTrie(needles, classes);
  linkSuffixes(trie);
  return writeTable(trie, width);
}

/** A code unit counts as what lower case makes of it, the first unit where that is several. */
function classify(needles: readonly string[]): { classes: Classes; width: number } {
  const characters = new Set(needles.join(''));
  const classes = new (characters.size < MAX_NARROW ? Uint8Array : Uint16Array)(0x10000);
  let width = 1;
  for (const needle of needles) {
    for (let i = 0; i < needle.length; i += 1) {
      const unit = needle.charCodeAt(i);
      if (classes[unit] === 0) classes[unit] = width++;
    }
  }
  for (let first = 0; first < 0x10000; first += BLOCK.length) {
    const units = String.fromCharCode(...BLOCK.map((unit) => first + unit));
    if (units.toLowerCase() === units) continue;
    for (const unit of units) {
      const lower = unit.toLowerCase().charCodeAt(0);
      if (lower !== unit.charCodeAt(0)) classes[unit.charCodeAt(0)] = classes[lower] ?? 0;
    }
  }
  return { classes, width };
}

function buildTrie(needles: readonly string[], classes: Classes): Trie {
  const most = needles.reduce((sum, needle) => sum + needle.length, 1);
  const [firstChild, sibling, label] = [new Int32Array(most), new Int32Array(most), new Uint16Array(most)];
  const ending = new Int32Array(most).fill(-1);
  const endingBefore = new Int32Array(needles.length).fill(-1);
  let states = 1;
  for (const [index, needle] of needles.entries()) {
    let state = 0;
    for (let i = 0; i < needle.length; i += 1) {
      const wanted = classes[needle.charCodeAt(i)] ?? 0;
      let child = childOf(firstChild, sibling, label, state, wanted);
      if (child === 0) {
        child = states++;
        label[child] = wanted;
        sibling[child] = firstChild[state] ?? 0;
        firstChild[state] = child;
      }
      state = child;
    }
    endingBefore[index] = ending[state] ?? -1;
    ending[state] = index;
  }
  const [suffix, order] = [new Int32Array(states), new Int32Array(states)];
  return { classes, firstChild, sibling, label, suffix, ending, endingBefore, order };
}

/** @returns 0, which is no child, when there is none */
function childOf(
  firstChild: Int32Array,
  sibling: Int32Array,
  label: Uint16Array,
  state: number,
  wanted: number,
): number {
  let child = firstChild[state] ?? 0;
  while (child !== 0 && label[child] !== wanted) child = sibling[child] ?? 0;
  return child;
}

/** Breadth first: a child's suffix goes on from the longest suffix of its parent that can. */
function linkSuffixes({ firstChild, sibling, label, suffix, order }: Trie): void {
  let length = 1;
  for (let at = 0; at < length; at += 1) {
    const state = order[at] ?? 0;
    for (let child = firstChild[state] ?? 0; child !== 0; child = sibling[child] ?? 0) {
      const wanted = label[child] ?? 0;
      let from = state;
      let found = 0;
      while (from !== 0 && found === 0) {
        from = suffix[from] ?? 0;
        found = childOf(firstChild, sibling, label, from, wanted);
      }
      suffix[child] = found;
      order[length++] = child;
    }
  }
}

function writeTable(trie: Trie, width: number): NeedleAutomaton {
  const { classes, firstChild, sibling, label, suffix, order } = trie;
  const found = endingsOf(trie);
  const sorted = Int32Array.from([...order.filter((state) => !found.has(state)), ...found.keys()]);
  const rows = new Int32Array(order.length);
  for (let row = 0; row < sorted.length; row += 1) rows[sorted[row] ?? 0] = row;
  const shift = Math.ceil(Math.log2(width));
  const table = new (order.length > 0x10000 ? Uint32Array : Uint16Array)(order.length << shift);
  for (const state of order) {
    // Where a state has no own transition it takes that of its suffix, whose row is written: it is shorter.
    const row = (rows[state] ?? 0) << shift;
    const from = (rows[suffix[state] ?? 0] ?? 0) << shift;
    if (state !== 0) table.copyWithin(row, from, from + width);
    for (let child = firstChild[state] ?? 0; child !== 0; child = sibling[child] ?? 0) {
      table[row + (label[child] ?? 0)] = rows[child] ?? 0;
    }
  }
  const firstOutput = order.length - found.size;
  const lists = [...found.values()];
  const starts = new Int32Array(lists.length + 1);
  for (const [index, list] of lists.entries()) starts[index + 1] = (starts[index] ?? 0) + list.length;
  return { classes, table, shift, firstOutput, starts, outputs: Int32Array.from(lists.flat()) };
}

/** The needles that end in each state, those that end in its suffixes included. */
function endingsOf({ suffix, ending, endingBefore, order }: Trie): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, readonly number[]>();
  for (const state of order) {
    const shorter = found.get(suffix[state] ?? 0);
    const last = ending[state] ?? -1;
    if (last < 0) {
      if (shorter !== undefined) found.set(state, shorter);
      continue;
    }
    const needles = [...(shorter ?? [])];
    for (let needle = last; needle >= 0; needle = endingBefore[needle] ?? -1) needles.push(needle);
    found.set(state, needles);
  }
  return found;
}
