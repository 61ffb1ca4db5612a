import { expect, it } from 'vitest';
import { reachedBy } from '../../src/pipeline/watermark.ts';
import type { FilePosition, FollowedFile } from '../../src/read/read.ts';

const NOW = 1_000_000;
const UNREAD = Number.NEGATIVE_INFINITY;

interface Case {
  /** Newest event time. */
  readonly clock: number;
  readonly atEnd?: boolean;
  readonly ended?: boolean;
  /** How long ago the file was written to; null for standard input. */
  readonly silentMs?: number | null;
}

function fileOf({ atEnd = true, ended = false, silentMs = 0 }: Case, index: number): FollowedFile {
  const position = silentMs === null ? null : ({ modifiedMs: NOW - silentMs } as FilePosition);
  return { source: String(index), atEnd, ended, position } as FollowedFile;
}

it.each<[string, readonly Case[], number]>([
  ['the clock of the only log', [{ clock: 500 }], 500],
  ['the clock of the log that is furthest behind', [{ clock: 500 }, { clock: 300 }, { clock: 900 }], 300],
  ['later by as long as a log that was read to its end is silent', [{ clock: 500, silentMs: 70 }], 570],
  ['no later for a log that is not read to its end', [{ clock: 500, silentMs: 70, atEnd: false }], 500],
  ['no earlier for a file that was written in the future', [{ clock: 500, silentMs: -70 }], 500],
  ['that of the log that is behind after its silence', [{ clock: 500, silentMs: 70 }, { clock: 560 }], 560],
  ['no later for silent standard input', [{ clock: 500, silentMs: null }], 500],
  [
    'nothing as long as a log has shown nothing of what it has',
    [{ clock: 500 }, { clock: UNREAD, atEnd: false }],
    UNREAD,
  ],
  ['not held up by an empty log', [{ clock: 500 }, { clock: UNREAD }], 500],
  ['not held up by what has ended', [{ clock: 500 }, { clock: 100, ended: true }], 500],
  ['everything when everything has ended', [{ clock: 500, ended: true }], Number.POSITIVE_INFINITY],
  ['everything when there is nothing', [], Number.POSITIVE_INFINITY],
])('what all logs have reached is %s', (_, cases, reached) => {
  const files = cases.map(fileOf);
  expect(reachedBy(files, (source) => cases[Number(source)]?.clock ?? UNREAD, NOW)).toBe(reached);
});
