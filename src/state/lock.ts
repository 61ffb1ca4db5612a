import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SightlineError } from '../model/errors.ts';
import { stateFailure } from './failure.ts';

/** Whoever looks whether a lock is held keeps others from it for that instant. */
const GLANCE_MS = 200;

/** Whether a process works on the state file at `path` now. Not for that process itself. */
export function isHeld(path: string): boolean {
  const file = `${path}.lock`;
  if (!existsSync(file)) return false;
  let connection: DatabaseSync | null = null;
  try {
    connection = new DatabaseSync(file, { readOnly: true });
    connection.exec('PRAGMA schema_version');
    return false;
  } catch (cause) {
    const failure = stateFailure(file, cause);
    if (failure instanceof SightlineError && failure.code === 'state-busy') return true;
    throw failure;
  } finally {
    connection?.close();
  }
}

/** Held until it is let go of, or until the process ends in any way: the operating system keeps it. */
export interface Lock {
  release(): void;
}

/**
 * Makes this process the only one that works on the state file at `path`. The lock is an open transaction on an empty
 * SQLite file beside it, which gives the operating system's own file locks on every platform and leaves the state file
 * open to readers. Throws SightlineError `state-locked` when another process has it.
 */
export function holdLock(path: string): Lock {
  const file = `${path}.lock`;
  let connection: DatabaseSync | null = null;
  try {
    // Only where it is missing: closing a file lets go of every lock that this process has on it.
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
    connection = new DatabaseSync(file, { timeout: GLANCE_MS });
    connection.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    connection?.close();
    const failure = stateFailure(file, cause);
    if (!(failure instanceof SightlineError) || failure.code !== 'state-busy') throw failure;
    const message = `another Sightline works on the state file ${path} (its lock is ${file}); stop that one first, or give this one a state file of its own with --state`;
    throw new SightlineError('state-locked', message, { cause });
  }
  const held = connection;
  return { release: () => held.close() };
}
