import type { CompiledRule } from '../load/rule-set.ts';
import { Zone } from '../match/field.ts';
import { type Item, itemsOf, type TextTest } from '../match/node.ts';
import { needlesOf } from './requirement.ts';

/** A matcher of a text item, numbered. */
export interface Slot {
  readonly item: Item;
  readonly test: TextTest;
  /** Position among the item's matchers. */
  readonly index: number;
}

/** Lower-case texts to look for, and for each the matchers that need it or another one. */
export interface NeedleIndex {
  readonly needles: readonly string[];
  readonly uses: readonly Int32Array[];
}

/** All matchers of a rule set whose texts the prefilter scans, and the needles that make them possible. */
export class Slots {
  readonly all: readonly Slot[];
  /** Needles of matchers that look at parts of an entry. */
  readonly ofParts: NeedleIndex;
  /** Needles of matchers that look at the line as a whole. */
  readonly ofLine: NeedleIndex;
  /** Matchers that need no text in particular. */
  readonly needless: readonly number[];
  readonly #numbers = new Map<Item, Int32Array>();

  constructor(rules: readonly CompiledRule[]) {
    const all: Slot[] = [];
    const needless: number[] = [];
    const [parts, line] = [new Map<string, number[]>(), new Map<string, number[]>()];
    for (const item of rules.flatMap(({ node }) => [...itemsOf(node)])) {
      const { test, field } = item;
      if (test.kind !== 'text' || field.zones === 0) continue;
      const uses = field.zones === Zone.LINE ? line : parts;
      const numbers = test.matchers.map((matcher, index) => {
        const number = all.push({ item, test, index }) - 1;
        const needles = needlesOf(matcher, field);
        if (needles === null) needless.push(number);
        for (const text of new Set(needles?.texts)) uses.set(text, [...(uses.get(text) ?? []), number]);
        return number;
      });
      this.#numbers.set(item, Int32Array.from(numbers));
    }
    this.all = all;
    this.needless = needless;
    this.ofParts = indexOf(parts);
    this.ofLine = indexOf(line);
  }

  /** @returns -1 for a matcher whose texts are not scanned */
  numberOf(item: Item, index: number): number {
    return this.#numbers.get(item)?.[index] ?? -1;
  }

  zonesOf(number: number): number {
    return this.all[number]?.item.field.zones ?? 0;
  }
}

function indexOf(uses: ReadonlyMap<string, readonly number[]>): NeedleIndex {
  return { needles: [...uses.keys()], uses: [...uses.values()].map((numbers) => Int32Array.from(numbers)) };
}
