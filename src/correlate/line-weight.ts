/** Most lines of a log are shorter. */
export const WEIGHT_BYTES = 512;

/** As how many lines one counts where lines wait or are held, so that a bound for lines bounds their bytes too. */
export function weightOf(lineBytes: number): number {
  return Math.max(1, Math.ceil(lineBytes / WEIGHT_BYTES));
}
