/**
 * Remembers something about texts by their bytes, without making a text of them, the lately used ones: two generations,
 * of which the older is dropped when the younger is full.
 */
export class ByteMemo<Value> {
  readonly #capacity: number;
  readonly #maxLength: number;
  #young: Generation<Value>;
  #old: Generation<Value>;

  /**
   * @param capacity - most texts of a generation, a power of two
   * @param maxLength - longer texts are not remembered
   */
  constructor(capacity: number, maxLength: number) {
    this.#capacity = capacity;
    this.#maxLength = maxLength;
    this.#young = new Generation(SMALLEST);
    this.#old = new Generation(SMALLEST);
  }

  /** Undefined when nothing is remembered of a text. */
  get(bytes: Uint8Array, from: number, to: number): Value | undefined {
    const hash = hashOf(bytes, from, to);
    const place = this.#young.find(hash, bytes, from, to);
    if (place >= 0) return this.#young.valueAt(place);
    const older = this.#old.find(hash, bytes, from, to);
    if (older < 0) return undefined;
    const value = this.#old.valueAt(older);
    this.#add(hash, bytes, from, to, value);
    return value;
  }

  /** What is remembered already stays as it is. */
  set(bytes: Uint8Array, from: number, to: number, value: Value): void {
    if (to - from > this.#maxLength || this.get(bytes, from, to) !== undefined) return;
    this.#add(hashOf(bytes, from, to), bytes, from, to, value);
  }

  #add(hash: number, bytes: Uint8Array, from: number, to: number, value: Value): void {
    if (this.#young.isFull) {
      if (this.#young.places < this.#capacity) this.#young = this.#young.grown();
      else [this.#old, this.#young] = [this.#young, new Generation(this.#capacity)];
    }
    this.#young.add(hash, bytes, from, to, value);
  }
}

const SMALLEST = 256;
/** Bytes of keys by text, to begin with. */
const FIRST_KEY_BYTES = 32;

/** A hash table of open addressing, at most half full. */
class Generation<Value> {
  readonly places: number;
  readonly #mask: number;
  /** By hash: number of the text, plus one; 0 for none. */
  readonly #table: Int32Array;
  readonly #hashes: Int32Array;
  /** Text `i` lies from `starts[i]` to `starts[i + 1]`. */
  readonly #starts: Int32Array;
  #keys: Uint8Array;
  readonly #values: Value[] = [];

  constructor(places: number) {
    this.places = places;
    this.#mask = places * 2 - 1;
    this.#table = new Int32Array(places * 2);
    this.#hashes = new Int32Array(places);
    this.#starts = new Int32Array(places + 1);
    this.#keys = new Uint8Array(places * FIRST_KEY_BYTES);
  }

  get isFull(): boolean {
    return this.#values.length === this.places;
  }

  valueAt(place: number): Value {
    return this.#values[place] as Value; // a place that `find` gave has one
  }

  find(hash: number, bytes: Uint8Array, from: number, to: number): number {
    const table = this.#table;
    for (let at = hash & this.#mask; ; at = (at + 1) & this.#mask) {
      const place = (table[at] as number) - 1; // `at` is within the mask
      if (place < 0) return -1;
      if (this.#hashes[place] === hash && this.#holds(place, bytes, from, to)) return place;
    }
  }

  add(hash: number, bytes: Uint8Array, from: number, to: number, value: Value): void {
    const place = this.#values.length;
    const start = this.#starts[place] as number; // there is one more than there are places
    const end = start + to - from;
    if (end > this.#keys.length) {
      const grown = new Uint8Array(Math.max(end, this.#keys.length * 2));
      grown.set(this.#keys);
      this.#keys = grown;
    }
    for (let i = from; i < to; i++) this.#keys[start + i - from] = bytes[i] as number; // within the bytes
    this.#starts[place + 1] = end;
    this.#hashes[place] = hash;
    this.#values.push(value);
    let at = hash & this.#mask;
    while (this.#table[at] !== 0) at = (at + 1) & this.#mask;
    this.#table[at] = place + 1;
  }

  grown(): Generation<Value> {
    const larger = new Generation<Value>(this.places * 2);
    for (const [place, value] of this.#values.entries()) {
      const [from = 0, to = 0, hash = 0] = [this.#starts[place], this.#starts[place + 1], this.#hashes[place]];
      larger.add(hash, this.#keys, from, to, value);
    }
    return larger;
  }

  #holds(place: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#starts[place] as number; // as in `add`
    if ((this.#starts[place + 1] as number) - start !== to - from) return false;
    const keys = this.#keys;
    for (let i = from, at = start; i < to; i++, at++) if (bytes[i] !== keys[at]) return false;
    return true;
  }
}

/** Four bytes at a time. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = to - from;
  let at = from;
  for (; at + 3 < to; at += 4) {
    const four =
      (bytes[at] as number) | // within the bytes, like the others
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    hash = Math.imul(hash ^ four, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash ^ (hash >>> 13);
}
