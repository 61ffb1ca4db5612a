/** Units of a kind that no needle tells apart share a class; class 0 is everything that stands in no needle. */
type Classes = Uint8Array | Uint16Array;

/**
 * Aho and Corasick's automaton over many needles: one pass over a text finds them all. Case does not count. States are numbered
 * from the shortest on: 0 is the start, and the children of each stand in a row after those of the one before. So what ordinary
 * texts reach lies close together, in a fifteenth of the memory that a table of all states by all characters takes, and
 * a text that comes after much else does not wait for memory at each character.
 */
export interface NeedleAutomaton {
  /** Class by code unit. */
  readonly classes: Classes;
  /** Number of classes. */
  readonly width: number;
  /** The start and its children, which nearly every character leads back to, have rows: next state by `state * width + class`. */
  readonly rows: Int32Array;
  readonly withRow: number;
  /** Children of state `s` are `children[s]` up to `children[s + 1]`. */
  readonly children: Int32Array;
  /** Class of the character that leads to a state. */
  readonly labels: Classes;
  /** The longest suffix of a state that is a state as well: where to go on where none of its children leads. */
  readonly suffixes: Int32Array;
  /** 1 for states in which needles end. */
  readonly tells: Uint8Array;
  /** Needles that end in state `s` are `outputs[starts[s]]` up to the next start, by position. */
  readonly starts: Int32Array;
  readonly outputs: Int32Array;
}

/** The state after a character of a class. */
export function follow(
  { width, rows, withRow, children, labels, suffixes }: NeedleAutomaton,
  state: number,
  wanted: number,
): number {
  let at = state;
  while (at >= withRow) {
    const end = children[at + 1] as number; // all these have a place for each state
    for (let child = children[at] as number; child < end; child += 1) if (labels[child] === wanted) return child;
    at = suffixes[at] as number;
  }
  return rows[at * width + wanted] as number; // a row has all classes
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
  return writeStates(trie, width);
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

function writeStates(trie: Trie, width: number): NeedleAutomaton {
  const { classes, firstChild, sibling, label, suffix, order } = trie;
  const count = order.length;
  const numbers = new Int32Array(count);
  for (let number = 0; number < count; number += 1) numbers[order[number] ?? 0] = number;
  const labels = classes instanceof Uint8Array ? new Uint8Array(count) : new Uint16Array(count);
  const [children, suffixes, tells] = [new Int32Array(count + 1), new Int32Array(count), new Uint8Array(count)];
  const starts = new Int32Array(count + 1);
  const outputs: number[] = [];
  const endings = endingsOf(trie);
  let next = 1;
  for (let number = 0; number < count; number += 1) {
    const state = order[number] ?? 0;
    labels[number] = label[state] ?? 0;
    suffixes[number] = numbers[suffix[state] ?? 0] ?? 0;
    children[number] = next;
    for (let child = firstChild[state] ?? 0; child !== 0; child = sibling[child] ?? 0) next += 1;
    const needles = endings.get(state);
    if (needles !== undefined) {
      tells[number] = 1;
      for (const needle of needles) outputs.push(needle);
    }
    starts[number + 1] = outputs.length;
  }
  children[count] = next;
  const withRow = children[1] ?? 1;
  const rows = new Int32Array(withRow * width);
  for (let state = 0; state < withRow; state += 1) {
    // What none of its children leads to is where the start goes on.
    rows.copyWithin(state * width, 0, width);
    for (let child = children[state] ?? 0; child < (children[state + 1] ?? 0); child += 1) {
      rows[state * width + (labels[child] ?? 0)] = child;
    }
  }
  return {
    classes,
    width,
    rows,
    withRow,
    children,
    labels,
    suffixes,
    tells,
    starts,
    outputs: Int32Array.from(outputs),
  };
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
