import type { FollowedFile } from '../read/read.ts';

/**
 * The event time that every source has reached: no line in time will come to be older. A source that was read to its end
 * goes on with the wall clock from its last change: what was written since would have been seen. So a log that falls
 * silent holds nobody up, and one that is replayed at any speed is never overtaken.
 *
 * @param clockOf - newest event time of a source, -Infinity before its first line
 * @param nowMs - epoch ms of the wall clock, the clock that files are dated by
 * @returns -Infinity while a source has shown nothing yet, Infinity when no source will show any more
 */
export function reachedBy(files: readonly FollowedFile[], clockOf: (source: string) => number, nowMs: number): number {
  let reached = Number.POSITIVE_INFINITY;
  for (const { source, ended, atEnd, position } of files) {
    if (ended) continue;
    const clock = clockOf(source);
    if (clock === Number.NEGATIVE_INFINITY) {
      if (!atEnd) return Number.NEGATIVE_INFINITY;
      continue;
    }
    const silentMs = atEnd && position !== null ? Math.max(0, nowMs - position.modifiedMs) : 0;
    reached = Math.min(reached, clock + silentMs);
  }
  return reached;
}
