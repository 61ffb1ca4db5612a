import type { Item } from '../match/node.ts';
import type { Text } from '../view/text.ts';
import { TextPool } from '../view/text-pool.ts';
import { PARAMETER } from './parts.ts';
import type { SlotScanner } from './slot-scanner.ts';
import type { Slots } from './slots.ts';

/**
 * Tells which matchers may match a name or value of a query, or a path: those of which a needle stands in one of its views,
 * less those that were tried in vain. As long as a parameter is remembered, it is scanned once and tried once.
 */
export class ParameterJudge {
  readonly pool = new TextPool();
  readonly #slots: Slots;
  readonly #scanner: SlotScanner;
  /** By matcher: the latest subject of which some text leaves it possible. */
  readonly #stamps: Int32Array;
  #stamp = 0;

  /** @param scanner - of its own */
  constructor(slots: Slots, scanner: SlotScanner) {
    this.#slots = slots;
    this.#scanner = scanner;
    this.#stamps = new Int32Array(slots.size);
  }

  /** Looks at texts of which {@link mayMatch} then tells. */
  look(texts: readonly Text[]): void {
    this.#stamp += 1;
    for (let i = 0; i < texts.length; i += 1) {
      const text = texts[i] as Text; // i < length
      const possible = this.#possibleIn(text);
      for (let k = 0; k < possible.length; k += 1) this.#stamps[possible[k] as number] = this.#stamp; // likewise
    }
  }

  /** Whether a matcher may match one of the texts that were looked at. */
  mayMatch(slot: number): boolean {
    return this.#stamps[slot] === this.#stamp || this.#slots.isNeedless(slot);
  }

  /** True for every text that is none of its own. */
  isPossibleIn(text: Text, item: Item, index: number): boolean {
    if (!text.isApart) return true;
    const slot = this.#slots.numberOf(item, index);
    return slot < 0 || this.#slots.isNeedless(slot) || this.#possibleIn(text).includes(slot);
  }

  ruleOut(text: Text, item: Item, index: number): void {
    const { possible } = text;
    if (possible === undefined) return;
    const at = possible.indexOf(this.#slots.numberOf(item, index));
    if (at >= 0) possible.splice(at, 1);
  }

  #possibleIn(text: Text): readonly number[] {
    text.possible ??= this.#scan(text);
    return text.possible;
  }

  #scan(text: Text): number[] {
    this.#scanner.clear();
    this.#scanner.scanViews(text, PARAMETER);
    return [...this.#scanner.possible];
  }
}
