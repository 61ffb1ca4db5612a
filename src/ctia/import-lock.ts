import { createHash } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CtiaError } from './ctia-error.ts';
import { pause, type Timing } from './timing.ts';

/** How processes on one machine keep their imports apart. */
export interface LockOptions {
  /** Folder for the lock files: this user's alone; made where it is not there. */
  readonly folder: string;
  /** Hears, at the first time, that another process is importing and is waited for. */
  readonly onWait?: () => void;
}

interface Holding {
  /** What is locked; locks of one name exclude each other. */
  readonly name: string;
  readonly maxWaitMs: number;
  readonly timing: Timing;
  readonly signal: AbortSignal | undefined;
}

/** How often a lock that somebody holds is tried. */
const POLL_MS = 50;
const NAME_LENGTH = 32;
/** SQLITE_BUSY: somebody else has the lock. */
const BUSY = 5;
/** Locks in force: one that nothing refers to would be given free by the garbage collector. */
const held = new Set<unknown>();

/**
 * `hold(work)`: carries out work while no other process of this user does under the same name. A lock is an exclusive
 * transaction on an empty SQLite file, which the operating system ends when its process does, however that dies.
 * Whoever waits holds a second lock, the place at the head of the queue: the holder comes behind it the next time.
 * Throws CtiaError `busy` after `maxWaitMs`, and `bad-lock` for a folder that cannot be used.
 */
export function importLock({ folder, onWait }: LockOptions, { name, maxWaitMs, timing, signal }: Holding) {
  const path = join(folder, createHash('sha256').update(name).digest('hex').slice(0, NAME_LENGTH));
  let ready = false;
  let told = false;

  return async function hold<T>(work: () => Promise<T>): Promise<T> {
    if (!ready) await makeFolder(folder);
    ready = true;
    const deadline = timing.clock() + maxWaitMs;
    const releaseQueue = await take(`${path}.queue`, deadline);
    const release = await take(`${path}.import`, deadline).finally(releaseQueue);
    try {
      return await work();
    } finally {
      release();
    }
  };

  /** Waits until the file is ours; what comes back gives it free. */
  async function take(file: string, deadline: number): Promise<() => void> {
    const { DatabaseSync } = await import('node:sqlite');
    const lock = openFile(() => new DatabaseSync(file));
    try {
      while (!isTaken(() => lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE'))) {
        if (timing.clock() >= deadline) {
          const seconds = Math.ceil(maxWaitMs / 1000);
          const message = `another process on this machine has been importing for more than ${seconds} s`;
          throw new CtiaError('busy', `${message}; nothing was sent`);
        }
        if (!told) onWait?.();
        told = true;
        await pause(timing, POLL_MS, signal);
      }
    } catch (error) {
      lock.close();
      throw error;
    }
    held.add(lock);
    return () => {
      held.delete(lock);
      lock.close();
    };
  }

  function openFile<T>(open: () => T): T {
    try {
      return open();
    } catch (cause) {
      throw unusable(folder, 'a file in it cannot be opened', cause);
    }
  }

  function isTaken(begin: () => void): boolean {
    try {
      begin();
      return true;
    } catch (error) {
      if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return false;
      throw unusable(folder, 'a file in it cannot be locked', error);
    }
  }
}

/** A folder that others may write to would let them hold our imports up. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const stats = await lstat(folder);
    if (!stats.isDirectory()) throw unusable(folder, 'it is no folder');
    const uid = process.getuid?.(); // Windows has none, and keeps its users' temporary folders apart.
    if (uid === undefined) return;
    if (stats.uid !== uid) throw unusable(folder, 'it belongs to somebody else');
    if ((stats.mode & 0o022) !== 0) throw unusable(folder, 'others may write to it');
  } catch (error) {
    throw error instanceof CtiaError ? error : unusable(folder, 'it cannot be made', error);
  }
}

function unusable(folder: string, why: string, cause?: unknown): CtiaError {
  const details = cause instanceof Error ? `${why} (${cause.message})` : why;
  return new CtiaError('bad-lock', `${folder} cannot hold the lock of imports: ${details}`, { cause });
}
