import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type LineFile, openLineFile } from '../../report/report.ts';
import type { State } from '../../state/state.ts';

/** Files of hits and rejects that go on from run to run: what was written after the last commit is written again. */
export interface KeptLines {
  readonly hits: LineFile | null;
  readonly rejects: LineFile | null;
  /** Brings the files up to date and notes their lengths, as a part of the commit under way. */
  flush(): void;
  close(): void;
}

export function openKeptLines(
  state: State,
  paths: { readonly hits: string | undefined; readonly rejects: string | undefined },
): KeptLines {
  const lengths = state.table('kept-lines');
  const open = (given: string | undefined): LineFile | null => {
    if (given === undefined) return null;
    const path = resolve(given);
    const known = lengths.get(path);
    return openLineFile(path, known === null ? sizeOf(path) : Number(known));
  };
  const [hits, rejects] = [open(paths.hits), open(paths.rejects)];
  return {
    hits,
    rejects,
    flush() {
      for (const file of [hits, rejects]) {
        if (file === null) continue;
        file.flush();
        const length = String(file.bytes);
        if (lengths.get(file.path) !== length) lengths.set(file.path, length);
      }
    },
    close() {
      hits?.close();
      rejects?.close();
    },
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
