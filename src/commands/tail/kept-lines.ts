import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { passes } from '../../model/errors.ts';
import { type LineFile, openLineFile } from '../../report/report.ts';
import type { State } from '../../state/state.ts';

/** Takes lines. Those that find no room wait for the commit, which waits for room. */
type Lines = Pick<LineFile, 'write'>;

/** Files of hits and rejects that go on from run to run: what was written after the last commit is written again. */
export interface KeptLines {
  readonly hits: Lines | null;
  readonly rejects: Lines | null;
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
    hits: patient(hits),
    rejects: patient(rejects),
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

function patient(file: LineFile | null): Lines | null {
  if (file === null) return null;
  return {
    write(line) {
      try {
        file.write(line);
      } catch (error) {
        if (!passes(error)) throw error;
      }
    },
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
