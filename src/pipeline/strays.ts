import type { Reject } from '../model/reject.ts';

/** So many lines in a row that are not of their source's format tell that it has changed: somebody edited LogFormat. */
export const STRAY_LINES = 50;

/** The lines rejected last of each source, as long as no other came between them. */
export interface Strays {
  /** All of them, as soon as there are enough; the next one is then the first again. Null before. */
  add(reject: Reject): readonly Reject[] | null;
  /** A line of the source is of its format. */
  clear(source: string): void;
  snapshot(): readonly Reject[];
}

/** @param before - what a snapshot held */
export function openStrays(before: readonly Reject[]): Strays {
  const bySource = new Map<string, Reject[]>();

  function add(reject: Reject): readonly Reject[] | null {
    const { source } = reject.line;
    const rejects = bySource.get(source) ?? [];
    rejects.push(reject);
    bySource.set(source, rejects);
    if (rejects.length < STRAY_LINES) return null;
    bySource.delete(source);
    return rejects;
  }

  for (const reject of before) add(reject);
  return {
    add,
    clear(source) {
      bySource.delete(source);
    },
    snapshot: () => [...bySource.values()].flat(),
  };
}
