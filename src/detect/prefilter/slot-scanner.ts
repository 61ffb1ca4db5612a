import type { Text } from '../view/text.ts';
import { WHOLE } from './parts.ts';
import type { PrefilterCounts } from './prefilter.ts';
import { type Around, NeedleScanner, type NeedleTable, type ScanMode } from './scanner.ts';
import type { NeedleIndex, Slots } from './slots.ts';

/** Finds the needles of matchers in texts, all of a text's views included where they differ. */
export class SlotScanner {
  readonly #scanner: NeedleScanner;
  readonly #counts: PrefilterCounts;
  /** Matchers that what was scanned since the last {@link clear} makes possible. */
  readonly possible: number[] = [];
  #stamp = 1;
  readonly #stamps: Int32Array;

  /** @param table - of the index's needles */
  constructor({ uses }: NeedleIndex, table: NeedleTable, slots: Slots, counts: PrefilterCounts) {
    this.#counts = counts;
    this.#stamps = new Int32Array(slots.size);
    this.#scanner = new NeedleScanner(table, {
      uses,
      zonesOf: (slot) => slots.zonesOf(slot),
      found: (slot) => this.add(slot),
    });
  }

  clear(): void {
    this.possible.length = 0;
    this.#stamp += 1;
  }

  add(slot: number): void {
    if (this.#stamps[slot] === this.#stamp) return;
    this.#stamps[slot] = this.#stamp;
    this.possible.push(slot);
  }

  /** Takes back what turned out not to be possible. */
  keep(isPossible: (slot: number) => boolean): void {
    const { possible } = this;
    let kept = 0;
    for (let i = 0; i < possible.length; i += 1) {
      const slot = possible[i] as number; // i < length
      if (isPossible(slot)) possible[kept++] = slot;
      else this.#stamps[slot] = 0;
    }
    possible.length = kept;
  }

  has(slot: number): boolean {
    return this.#stamps[slot] === this.#stamp;
  }

  /** Scans all views of a text. */
  scanViews(text: Text, mode: ScanMode): void {
    for (let position = 0; ; position += 1) {
      const view = text.view(position);
      if (view === undefined) return;
      this.#scanner.scan(view.text, mode, WHOLE, true, position > 0);
    }
  }

  /**
   * @param text - asked for only when another view may differ
   * @param first - position of the first view that the raw text is not
   * @returns whether another view may differ
   */
  scan(raw: string, mode: ScanMode, around: Around, text: () => Text | null, first: number): boolean {
    if (!this.#scanner.scan(raw, mode, around, true, false)) return false;
    const seen = text();
    for (let position = first; ; position += 1) {
      const view = seen?.view(position);
      if (view === undefined) return true;
      this.#counts.viewsScanned += 1;
      this.#scanner.scan(view.text, mode, around, isSplitAlike(raw, view.text), true);
    }
  }
}

/** Whether decoding brought no separator to light: the view has the text's own first `?`, and no more `&` after it. */
function isSplitAlike(raw: string, view: string): boolean {
  const mark = raw.indexOf('?');
  return mark >= 0 && view.startsWith(raw.slice(0, mark + 1)) && countAnds(view, mark) === countAnds(raw, mark);
}

function countAnds(text: string, from: number): number {
  let count = 0;
  for (let at = text.indexOf('&', from); at >= 0; at = text.indexOf('&', at + 1)) count += 1;
  return count;
}
