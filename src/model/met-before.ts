/** With so many for each text that is remembered, a text is known again for longer than it would be remembered. */
const PLACES_PER_TEXT = 4;

/**
 * Tells of hashes whether they came before, lately: what comes once is hardly ever worth remembering, and most texts of a
 * log come once. Hashes share places by twos, of which the older goes for a third, so an answer may be wrong either way.
 */
export class MetBefore {
  readonly #hashes: Int32Array;
  readonly #mask: number;

  /** @param capacity - most texts that are remembered in one generation, a power of two */
  constructor(capacity: number) {
    this.#hashes = new Int32Array(capacity * PLACES_PER_TEXT);
    this.#mask = this.#hashes.length - 2;
  }

  /** Whether it came before; from now on it did. */
  meet(hash: number): boolean {
    const hashes = this.#hashes;
    const place = (hash ^ (hash >>> 15)) & this.#mask;
    const latest = hashes[place];
    if (latest === hash) return true;
    const known = hashes[place + 1] === hash;
    hashes[place + 1] = latest as number; // within the hashes
    hashes[place] = hash;
    return known;
  }
}
