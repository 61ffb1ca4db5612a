import { MetBefore } from '../model/met-before.ts';
import { ownText } from '../model/own-text.ts';

/**
 * Remembers values by text, the lately used ones: two generations, of which the older is dropped when the younger is full.
 * Keys are copies, so that no chunk of the log is held. Most texts of a log come once: those are not for keeping.
 */
export class Memory<Value> {
  readonly #capacity: number;
  readonly #met: MetBefore;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  /** @param capacity - most entries of a generation, a power of two */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#met = new MetBefore(capacity);
  }

  get(key: string): Value | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const older = this.#old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  /** Whether a text that is not remembered came before, and so is worth it. From now on it did. */
  recurs(key: string): boolean {
    return this.#met.meet(hashOf(key));
  }

  set(key: string, value: Value): void {
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(ownText(key), value);
  }
}

/** FNV-1a, of code units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
