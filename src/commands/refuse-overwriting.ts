import { fstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, matchesGlob, resolve } from 'node:path';
import { SightlineError } from '../model/errors.ts';

/** What a run writes: an option, and the file that it names, if any. */
export type Written = readonly [option: string, path: string | undefined];

/** What a run reads. */
export interface WhatIsRead {
  /** Names of files, there or not; `-` is standard input. */
  readonly files: readonly string[];
  /** Globs that are looked at again during the run. */
  readonly globs?: readonly string[];
}

/**
 * To be asked before anything is opened for writing, which would empty it.
 * @throws SightlineError `usage` where a file is written that is read, too, or written twice, or is none.
 */
export function refuseOverwriting({ files, globs = [] }: WhatIsRead, written: readonly Written[]): void {
  const read = new Map(files.map((name) => [name === '-' ? ownIdentity(0) : identityOf(name), name]));
  const taken = new Map<string, string>();
  const faults: string[] = [];
  for (const [option, path] of written) {
    if (path === undefined) continue;
    if (path === '-') {
      faults.push(`${option} -: expected a file; for one of this name write ./-, for standard output /dev/stdout`);
      continue;
    }
    const identity = identityOf(path);
    if (identity === null) continue;
    const input = read.get(identity) ?? globs.find((glob) => matchesGlob(resolve(path), resolve(glob)));
    const other = taken.get(identity);
    if (input !== undefined) faults.push(`${option} ${path}: this run reads it as ${nameOf(input)}; name another file`);
    else if (other !== undefined) faults.push(`${option} ${path}: ${other} writes the same file; name another one`);
    taken.set(identity, option);
  }
  if (faults.length > 0) throw new SightlineError('usage', faults.join('\n'));
}

function nameOf(input: string): string {
  return input === '-' ? 'standard input' : input;
}

/**
 * Equal for two names of one file, whatever links lead to it; of one that is not there yet, the path. Null for devices
 * and pipes, which nothing overwrites.
 */
function identityOf(path: string): string | null {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? join(realpathSync(dirname(resolve(path))), basename(path)) : identityIn(stats);
  } catch {
    // What may not be looked at is told of when it is opened.
    return resolve(path);
  }
}

function ownIdentity(handle: number): string | null {
  try {
    return identityIn(fstatSync(handle));
  } catch {
    // A process may be started without it.
    return null;
  }
}

function identityIn(stats: Stats): string | null {
  return stats.isFile() ? `${stats.dev}:${stats.ino}` : null;
}
