import { isForRoom, SightlineError } from '../model/errors.ts';

/** SQLite's result codes (https://sqlite.org/rescode.html), as far as they call for something to be done. */
const BUSY = 5;
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;
/** The wal-index could not grow: what a full disk looks like there. */
const SHARED_MEMORY_SIZE = 4874;
/** A write failed for another reason than ENOSPC, which a quota (EDQUOT) is. */
const WRITE_FAILED = 778;

/** The state file cannot be trusted: nothing is guessed, nothing begun anew. */
export function damaged(path: string, detail: string, options?: ErrorOptions): SightlineError {
  const message =
    `the state file ${path} is damaged (${detail}). Stop Sightline and keep a copy of the file; ` +
    `"sightline outbox export --state ${path}" may still save the bundles that were to be sent. ` +
    'Then put a backup in its place, or move it away together with its -wal and -shm files to begin anew.';
  return new SightlineError('state-corrupt', message, options);
}

/**
 * What a failure of SQLite or the file system means for the user: SightlineError `state-full`, `state-busy`,
 * `state-corrupt`, `not-a-state` or `state-unwritable`. Anything else is given back as it is.
 */
export function stateFailure(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause;
  const code = 'errcode' in cause ? Number(cause.errcode) : null;
  if (code === null ? isForRoom(cause) : isFull(code)) {
    const message = `no room to write the state file ${path}: ${cause.message}. Nothing of this step was written, and nothing is lost: make room on the disk.`;
    return new SightlineError('state-full', message, { cause });
  }
  if (code === null && !('syscall' in cause)) return cause;
  switch ((code ?? 0) & 0xff) {
    case BUSY: {
      const message = `another process kept the state file ${path} busy for too long; try again`;
      return new SightlineError('state-busy', message, { cause });
    }
    case CORRUPT:
      return damaged(path, cause.message, { cause });
    case NOT_A_DATABASE: {
      const message =
        `${path} is no state file of Sightline: it does not begin as an SQLite file does; name another path. ` +
        'If it was one, its beginning is damaged: put a backup in its place, or move it away together with its -wal and -shm files to begin anew.';
      return new SightlineError('not-a-state', message, { cause });
    }
    default: {
      const message = `cannot use the state file ${path}: ${cause.message}. The user that Sightline runs as must be able to read and write the file and its folder.`;
      return new SightlineError('state-unwritable', message, { cause });
    }
  }
}

function isFull(code: number): boolean {
  return code === FULL || code === SHARED_MEMORY_SIZE || code === WRITE_FAILED;
}
