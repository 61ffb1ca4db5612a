import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { openDatabase } from './database.ts';
import { damaged, stateFailure } from './failure.ts';
import { APPLICATION_ID, migrate } from './schema.ts';

const BESIDE = ['', '-wal', '-shm', '-journal'];

/** Makes the folder of a state file where it is missing. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw stateFailure(path, cause);
  }
}

/**
 * Makes a state file where there is none, which only its owner may read: it will hold log lines. It takes its name when
 * it is complete, so that an empty file under that name is damage and not a beginning. To be called under the lock.
 * Throws SightlineError `state-corrupt` when a write-ahead log without its file tells that a state was here.
 */
export function createWhereMissing(path: string, busyTimeoutMs: number): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() && stats.size === 0) throw damaged(path, 'it is empty');
  if (stats !== undefined) return;
  if (existsSync(`${path}-wal`)) throw damaged(path, 'it is gone, but its write-ahead log is there');
  const draft = `${path}.new`;
  try {
    for (const end of BESIDE) rmSync(draft + end, { force: true });
    closeSync(openSync(draft, 'wx', 0o600));
    const database = openDatabase(draft, { readOnly: false, busyTimeoutMs });
    try {
      // In this order: pages can be given back only where that was chosen before the first table was made.
      database.script(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA application_id = ${APPLICATION_ID}`);
      migrate(database);
      database.script('PRAGMA journal_mode = WAL');
    } finally {
      database.close();
    }
    renameSync(draft, path);
    if (process.platform !== 'win32') syncFolder(dirname(path));
  } catch (cause) {
    throw stateFailure(path, cause);
  }
}

/** Makes the new name lasting; Windows does that by itself and opens no folders. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
