/**
 * Remembers something about texts by their bytes, without making a text of them, the lately used ones: two generations,
 * of which the older is dropped when the younger is full. A text comes as words of four bytes, which are compared four
 * times as fast as bytes. They are compared whatever the hash says: who knows the function writes texts of one hash.
 */
export class WordMemo<Value> {
  readonly #capacity: number;
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
/** Words of keys by text, to begin with. */
const FIRST_KEY_WORDS = 8;
/** A table that is half full has hardly ever more texts in a row, unless somebody chose them so. */
const MAX_PROBES = 64;

/** Of each place of the table: hash, start and end of the key, number of the value plus one. */
const FIELDS = 4;

/** A hash table of open addressing, at most half full. A text that has too many others in its way is not taken. */
class Generation<Value> {
  readonly places: number;
  readonly #mask: number;
  readonly #table: Int32Array;
  #keys: Int32Array;
  #keysEnd = 0;
  readonly #values: Value[] = [];

  constructor(places: number) {
    this.places = places;
    this.#mask = places * 2 - 1;
    this.#table = new Int32Array(places * 2 * FIELDS);
    this.#keys = new Int32Array(places * FIRST_KEY_WORDS);
  }

  get isFull(): boolean {
    return this.#values.length === this.places;
  }

  valueAt(place: number): Value {
    return this.#values[place] as Value; // a place that `find` gave has one
  }

  find(hash: number, words: Int32Array, from: number, to: number): number {
    const table = this.#table;
    for (let slot = hash & this.#mask, probes = 0; probes < MAX_PROBES; slot = (slot + 1) & this.#mask, probes++) {
      const at = slot * FIELDS;
      const number = table[at + 3] as number; // within the table, like the others
      if (number === 0) return -1;
      if (table[at] !== hash) continue;
      const start = table[at + 1] as number;
      if ((table[at + 2] as number) - start === to - from && this.#isKey(start, words, from, to)) return number - 1;
    }
    return -1;
  }

  add(hash: number, words: Int32Array, from: number, to: number, value: Value): void {
    const table = this.#table;
    let slot = hash & this.#mask;
    for (let probes = 1; table[slot * FIELDS + 3] !== 0; probes++) {
      if (probes === MAX_PROBES) return;
      slot = (slot + 1) & this.#mask;
    }
    const start = this.#keysEnd;
    const end = start + to - from;
    if (end > this.#keys.length) {
      const grown = new Int32Array(Math.max(end, this.#keys.length * 2));
      grown.set(this.#keys);
      this.#keys = grown;
    }
    for (let i = from; i < to; i++) this.#keys[start + i - from] = words[i] as number; // within the words
    this.#keysEnd = end;
    const at = slot * FIELDS;
    table[at] = hash;
    table[at + 1] = start;
    table[at + 2] = end;
    table[at + 3] = this.#values.push(value);
  }

  grown(): Generation<Value> {
    const larger = new Generation<Value>(this.places * 2);
    const table = this.#table;
    for (let at = 0; at < table.length; at += FIELDS) {
      const [hash = 0, start = 0, end = 0, number = 0] = table.subarray(at, at + FIELDS);
      if (number > 0) larger.add(hash, this.#keys, start, end, this.valueAt(number - 1));
    }
    return larger;
  }

  #isKey(start: number, words: Int32Array, from: number, to: number): boolean {
    const keys = this.#keys;
    for (let i = from, at = start; i < to; i++, at++) if (words[i] !== keys[at]) return false;
    return true;
  }
}
