import type { WriteStream } from 'node:tty';

const REDRAW_MS = 200;
const BAR_CELLS = 24;

/** A line on a terminal that tells how far a run has come: bytes, lines a second, time left. */
export interface Progress {
  /** `bytes` of the files as stored, `lines` read, both so far. */
  update(bytes: number, lines: number): void;
  /** Takes the line off the screen. */
  clear(): void;
}

export const NO_PROGRESS: Progress = { update() {}, clear() {} };

/** Draws on `out` at most five times a second. `totalBytes` is null when it cannot be known (standard input). */
export function openProgress(out: WriteStream, totalBytes: number | null, clock: () => number): Progress {
  const start = clock();
  let drawn = start;
  return {
    update(bytes, lines) {
      const now = clock();
      if (now - drawn < REDRAW_MS) return;
      drawn = now;
      out.write(`\r\x1b[K${progressLine(bytes, totalBytes, lines, now - start)}`.slice(0, out.columns));
    },
    clear() {
      if (drawn !== start) out.write('\r\x1b[K');
    },
  };
}

/** The text of the line after `elapsedMs`. */
export function progressLine(bytes: number, totalBytes: number | null, lines: number, elapsedMs: number): string {
  const seconds = Math.max(elapsedMs, 1) / 1000;
  const speed = `${sizeOf(bytes)}, ${countOf(lines)} lines, ${countOf(Math.round(lines / seconds))} lines/s`;
  if (totalBytes === null || totalBytes === 0) return speed;
  const share = Math.min(bytes / totalBytes, 1);
  const filled = Math.round(share * BAR_CELLS);
  const left = bytes === 0 ? '' : `, ${durationOf((seconds / share - seconds) * 1000)} left`;
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_CELLS - filled)}] ${Math.floor(share * 100)}% of ${sizeOf(totalBytes)}, ${speed}${left}`;
}

/** `12.3 MiB` and the like. */
export function sizeOf(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  return `${power === 0 ? bytes : (bytes / 1024 ** power).toFixed(1)} ${units[power]}`;
}

/** `1,234,567`. */
export function countOf(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 line`, `1,234 lines`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countOf(count)} ${count === 1 ? one : many}`;
}

/** `45 s`, `3 min 20 s` or `2 h 5 min`. */
export function durationOf(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
