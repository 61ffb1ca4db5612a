import { MetBefore } from '../model/met-before.ts';

/**
 * Remembers something about texts by their bytes, without making a text of them, the lately used ones: two generations,
 * of which the older is dropped when the younger is full. A text comes as words of four bytes, which are compared four
 * times as fast as bytes. They are compared whatever the hash says: who knows the function writes texts of one hash.
 */
export class WordMemo<Value> {
  readonly #capacity: number;
  #met: MetBefore | undefined;
  readonly #maxWords: number;
  #young: Generation<Value>;
  #old: Generation<Value>;

  /**
   * @param capacity - most texts of a generation, a power of two
   * @param maxWords - longer texts are not remembered
   */
  constructor(capacity: number, maxWords: number) {
    this.#capacity = capacity;
    this.#maxWords = maxWords;
    this.#young = new Generation(SMALLEST);
    this.#old = new Generation(SMALLEST);
  }

  /**
   * Undefined when nothing is remembered of a text.
   *
   * @param hash - of the text, always the same function of its words
   */
  get(hash: number, words: Int32Array, from: number, to: number): Value | undefined {
    const place = this.#young.find(hash, words, from, to);
    if (place >= 0) return this.#young.valueAt(place);
    const older = this.#old.find(hash, words, from, to);
    if (older < 0) return undefined;
    const value = this.#old.valueAt(older);
    this.#add(hash, words, from, to, value);
    return value;
  }

  /** Whether a text that is not remembered came before, and so is worth it. From now on it did. */
  recurs(hash: number): boolean {
    this.#met ??= new MetBefore(this.#capacity);
    return this.#met.meet(hash);
  }

  /** What is remembered already stays as it is. */
  set(hash: number, words: Int32Array, from: number, to: number, value: Value): void {
    if (to - from > this.#maxWords || this.get(hash, words, from, to) !== undefined) return;
    this.#add(hash, words, from, to, value);
  }

  #add(hash: number, words: Int32Array, from: number, to: number, value: Value): void {
    if (this.#young.isFull) {
      if (this.#young.places < this.#capacity) this.#young = this.#young.grown();
      else [this.#old, this.#young] = [this.#young, new Generation(this.#capacity)];
    }
    this.#young.add(hash, words, from, to, value);
  }
}

const SMALLEST = 256;
/** By text, to begin with. */
const FIRST_ENTRY_WORDS = 12;
/** A table that is half full has hardly ever more texts in a row, unless somebody chose them so. */
const MAX_PROBES = 64;

/** What stands before the words of an entry: the hash, the number of words, and the number of the value. */
const HEAD_WORDS = 3;

/**
 * A hash table of open addressing, at most half full. A text that has too many others in its way is not taken. What is
 * compared stands together, since looking for it in memory costs more than comparing it.
 */
class Generation<Value> {
  readonly places: number;
  readonly #mask: number;
  /** Where the entry begins, 0 for none. */
  readonly #table: Int32Array;
  #entries: Int32Array;
  #entriesEnd = 1;
  readonly #values: Value[] = [];

  constructor(places: number) {
    this.places = places;
    this.#mask = places * 2 - 1;
    this.#table = new Int32Array(places * 2);
    this.#entries = new Int32Array(places * FIRST_ENTRY_WORDS);
  }

  get isFull(): boolean {
    return this.#values.length === this.places;
  }

  valueAt(place: number): Value {
    return this.#values[place] as Value; // a place that `find` gave has one
  }

  find(hash: number, words: Int32Array, from: number, to: number): number {
    const entries = this.#entries;
    for (let slot = hash & this.#mask, probes = 0; probes < MAX_PROBES; slot = (slot + 1) & this.#mask, probes++) {
      const entry = this.#table[slot] as number; // within the table
      if (entry === 0) return -1;
      if (entries[entry] !== hash || entries[entry + 1] !== to - from) continue;
      if (this.#isKey(entry + HEAD_WORDS, words, from, to)) return entries[entry + 2] as number; // of the head
    }
    return -1;
  }

  add(hash: number, words: Int32Array, from: number, to: number, value: Value): void {
    const table = this.#table;
    let slot = hash & this.#mask;
    for (let probes = 1; table[slot] !== 0; probes++) {
      if (probes === MAX_PROBES) return;
      slot = (slot + 1) & this.#mask;
    }
    const entry = this.#entriesEnd;
    const end = entry + HEAD_WORDS + to - from;
    if (end > this.#entries.length) {
      const grown = new Int32Array(Math.max(end, this.#entries.length * 2));
      grown.set(this.#entries);
      this.#entries = grown;
    }
    const entries = this.#entries;
    entries[entry] = hash;
    entries[entry + 1] = to - from;
    entries[entry + 2] = this.#values.push(value) - 1;
    for (let i = from, at = entry + HEAD_WORDS; i < to; i++, at++) entries[at] = words[i] as number; // within the words
    this.#entriesEnd = end;
    table[slot] = entry;
  }

  grown(): Generation<Value> {
    const larger = new Generation<Value>(this.places * 2);
    const entries = this.#entries;
    for (let entry = 1; entry < this.#entriesEnd; ) {
      const [hash = 0, length = 0, place = 0] = entries.subarray(entry, entry + HEAD_WORDS);
      const from = entry + HEAD_WORDS;
      larger.add(hash, entries, from, from + length, this.valueAt(place));
      entry = from + length;
    }
    return larger;
  }

  #isKey(start: number, words: Int32Array, from: number, to: number): boolean {
    const entries = this.#entries;
    for (let i = from, at = start; i < to; i++, at++) if (words[i] !== entries[at]) return false;
    return true;
  }
}
