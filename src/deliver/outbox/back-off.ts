const BASE_MS = 1000;
export const MAX_BACK_OFF_MS = 300_000;

/** How long to wait after so many failures in a row: at random up to twice as long each time, but a second at least. */
export function backOffMs(failures: number, random: () => number): number {
  const ceiling = Math.min(MAX_BACK_OFF_MS, BASE_MS * 2 ** failures);
  return Math.max(BASE_MS, Math.round(random() * ceiling));
}
