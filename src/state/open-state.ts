import { existsSync, statSync } from 'node:fs';
import { SightlineError } from '../model/errors.ts';
import { createWhereMissing, makeFolder } from './create.ts';
import { type Database, openDatabase } from './database.ts';
import { stateFailure } from './failure.ts';
import { type KeyedTable, keyedTable } from './keyed-table.ts';
import { holdLock, type Lock } from './lock.ts';
import { type Outbox, type OutboxOptions, type OutgoingParcel, outboxOf } from './outbox/outbox.ts';
import { bytesIn, type Loaded, loadProgress, type Progress, saveProgress } from './progress.ts';
import { migrate, requireCurrent, requireOurs, requireSound } from './schema.ts';

/** What is committed together. */
export interface Commit extends Progress {
  readonly parcels?: readonly OutgoingParcel[];
}

/**
 * The durable state of a run. Everything is synchronous, and on the disk (power cut included) when it returns. Any call
 * may throw SightlineError `state-full` or `state-busy`, after which nothing has changed and the same call may be made
 * again; and `state-corrupt`, `state-gone` or `state-unwritable`, after which a person has to act.
 */
export interface State {
  readonly path: string;
  load(): Loaded;
  /** One transaction. */
  commit(commit: Commit): void;
  /** Bytes that a start would have to go through after the snapshot. */
  readonly journalBytes: number;
  readonly snapshotBytes: number;
  readonly outbox: Outbox;
  /** A store of its own for each name. */
  table(name: string): KeyedTable;
  /** All changes that `work` makes are one transaction. `work` must not be asynchronous. */
  transact<Result>(work: () => Result): Result;
  close(): void;
}

/**
 * `own`: the one process that reads logs and sends; makes the file when it is missing. `share`: short changes beside it.
 * `read`: none.
 */
export type Access = 'own' | 'share' | 'read';

export interface StateOptions extends Partial<OutboxOptions> {
  readonly access?: Access;
  /** How long to wait for another process's transaction. */
  readonly busyTimeoutMs?: number;
}

const STATE_DEFAULTS: Required<StateOptions> = {
  access: 'own',
  busyTimeoutMs: 5000,
  maxBytes: 1024 ** 3,
  whenFull: 'pause',
  maxReceipts: 10_000,
  maxWaitMs: 86_400_000,
  clock: Date.now,
};

/** Bytes that the write-ahead log keeps after a large transaction. */
const MAX_SPARE_LOG_BYTES = 64 * 1024 * 1024;

/**
 * Opens the state file at `path`. Throws SightlineError `state-locked` (another process owns it), `no-state` (only `own`
 * makes one), `state-corrupt`, `not-a-state`, `state-newer-schema`, `state-older-schema` (only `own` migrates),
 * `state-unwritable`, `state-full` or `state-busy`; never begins anew where something is there.
 */
export function openState(path: string, given: StateOptions = {}): State {
  const options = { ...STATE_DEFAULTS, ...given };
  refuseFolder(path);
  const lock = options.access === 'own' ? takeOver(path, options) : null;
  try {
    return stateOf(prepare(path, options), lock, options);
  } catch (error) {
    lock?.release();
    throw error;
  }
}

function refuseFolder(path: string): void {
  if (!isFolder(path)) return;
  throw new SightlineError('not-a-state', `${path} is a folder, and the state is one file: name a file in it`);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch (error) {
    throw stateFailure(path, error);
  }
}

function takeOver(path: string, { busyTimeoutMs }: Required<StateOptions>): Lock {
  makeFolder(path);
  const lock = holdLock(path);
  try {
    createWhereMissing(path, busyTimeoutMs);
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

function prepare(path: string, { access, busyTimeoutMs }: Required<StateOptions>): Database {
  if (!existsSync(path)) {
    const message = `there is no state file ${path}; sightline tail makes one, or name yours with --state`;
    throw new SightlineError('no-state', message);
  }
  const database = openDatabase(path, { readOnly: access === 'read', busyTimeoutMs });
  try {
    requireOurs(database);
    if (access === 'own') {
      requireSound(database);
      migrate(database);
    } else requireCurrent(database);
    database.script(`PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ${MAX_SPARE_LOG_BYTES}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function stateOf(database: Database, lock: Lock | null, options: Required<StateOptions>): State {
  const outbox = outboxOf(database, options);
  return {
    path: database.path,
    load: () => loadProgress(database),
    commit(commit) {
      database.transact(() => {
        saveProgress(database, commit);
        outbox.add(commit.parcels ?? []);
      });
    },
    get journalBytes() {
      return bytesIn(database, 'journal');
    },
    get snapshotBytes() {
      return bytesIn(database, 'snapshot');
    },
    outbox,
    table: (name) => keyedTable(database, name),
    transact: (work) => database.transact(work),
    close() {
      database.close();
      lock?.release();
    },
  };
}
