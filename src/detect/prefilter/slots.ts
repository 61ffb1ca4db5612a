import { Zone } from '../match/field.ts';
import { type Item, itemsOf, type Node } from '../match/node.ts';
import { needlesOf } from './requirement.ts';

/** A matcher of a text item. */
export interface Slot {
  readonly item: Item;
  /** Of the matcher among those of the item. */
  readonly index: number;
}

/** Lower-case texts to look for, and for each the matchers that need it or another one. */
export interface NeedleIndex {
  readonly needles: readonly string[];
  readonly uses: readonly (readonly number[])[];
}

/** Matchers whose texts the prefilter scans, numbered, and the needles that make them possible. */
export class Slots {
  /** Needles of matchers that look at parts of an entry. */
  readonly ofParts: NeedleIndex;
  /** Needles of matchers that look at the line as a whole; null when there is no such matcher. */
  readonly ofLine: NeedleIndex | null;
  /** Matchers that need no text in particular. */
  readonly needless: readonly number[];
  readonly #all: Slot[] = [];
  readonly #zones: Int32Array;
  readonly #isNeedless: Uint8Array;
  readonly #numbers = new Map<Item, Int32Array>();
  /** Most questions come in a row for the same item. */
  #latest: Item | null = null;
  #latestNumbers: Int32Array | undefined;

  /** @param items - those of which something is to be known before they are tried */
  constructor(items: Iterable<Item>) {
    const needless: number[] = [];
    const [parts, line] = [new Map<string, number[]>(), new Map<string, number[]>()];
    for (const item of items) {
      const { test, field } = item;
      if (test.kind !== 'text' || field.zones === 0 || this.#numbers.has(item)) continue;
      const uses = field.zones === Zone.LINE ? line : parts;
      const numbers = test.matchers.map((matcher, index) => {
        const number = this.#all.push({ item, index }) - 1;
        const needles = needlesOf(matcher, field);
        if (needles === null) needless.push(number);
        for (const text of new Set(needles?.texts)) {
          const users = uses.get(text);
          if (users === undefined) uses.set(text, [number]);
          else users.push(number);
        }
        return number;
      });
      this.#numbers.set(item, Int32Array.from(numbers));
    }
    this.needless = needless;
    this.#isNeedless = new Uint8Array(this.#all.length);
    for (const number of needless) this.#isNeedless[number] = 1;
    this.ofParts = indexOf(parts);
    this.ofLine = this.#all.some(({ item }) => item.field.zones === Zone.LINE) ? indexOf(line) : null;
    this.#zones = Int32Array.from(this.#all, ({ item }) => item.field.zones);
  }

  get size(): number {
    return this.#all.length;
  }

  at(number: number): Slot {
    return this.#all[number] as Slot; // numbers come from here only
  }

  /** @returns -1 for a matcher whose texts are not scanned */
  numberOf(item: Item, index: number): number {
    if (item !== this.#latest) {
      this.#latest = item;
      this.#latestNumbers = this.#numbers.get(item);
    }
    return this.#latestNumbers?.[index] ?? -1;
  }

  /** Whether its field shows texts that are scanned apart. */
  isApart(number: number): boolean {
    return this.at(number).item.field.isApart;
  }

  /** Whether it is part of an atom: so is every condition that one part of an entry decides. */
  isInAtom(number: number): boolean {
    return this.at(number).item.field.part !== null;
  }

  isNeedless(number: number): boolean {
    return this.#isNeedless[number] === 1;
  }

  /** Numbers of all matchers in a condition. */
  numbersIn(node: Node): readonly number[] {
    const numbers: number[] = [];
    for (const item of itemsOf(node)) numbers.push(...(this.#numbers.get(item) ?? []));
    return numbers;
  }

  zonesOf(number: number): number {
    return this.#zones[number] ?? 0;
  }
}

function indexOf(uses: ReadonlyMap<string, readonly number[]>): NeedleIndex {
  return { needles: [...uses.keys()], uses: [...uses.values()] };
}
