import type { Hit } from '../model/hit.ts';

/** Most lines of a log are shorter. */
export const WEIGHT_BYTES = 512;

/** As how many lines one counts where lines wait or are held, so that a bound for lines bounds their bytes too. */
export function weightOf(lineBytes: number): number {
  return Math.max(1, Math.ceil(lineBytes / WEIGHT_BYTES));
}

/** As how many lines those of hits count. */
export function weightOfHits(hits: readonly Hit[]): number {
  let weight = 0;
  for (const { entry } of hits) weight += weightOf(entry.line.length);
  return weight;
}
