import { statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { SightlineError } from '../model/errors.ts';
import { stateFailure } from './failure.ts';

/** One connection to a state file. Failures are SightlineErrors that say what to do; see failure.ts. */
export interface Database {
  readonly path: string;
  /** Rows have the columns that `sql` names; the tables are STRICT, so their types are certain. */
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined;
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[];
  /** Reads as it is iterated; what is changed meanwhile may or may not be seen. */
  iterate<Row>(sql: string, ...values: SQLInputValue[]): Iterable<Row>;
  /** The number of rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /** Several statements without values. */
  script(sql: string): void;
  /**
   * Carries out `work`, which must not wait for anything, as one transaction: all of it is on the disk afterwards, or
   * nothing when it throws. Within another transaction it is a part of that one.
   */
  transact<Result>(work: () => Result): Result;
  close(): void;
}

export interface ConnectionOptions {
  readonly readOnly: boolean;
  /** How long a statement waits for another process's transaction. */
  readonly busyTimeoutMs: number;
}

export function openDatabase(path: string, { readOnly, busyTimeoutMs }: ConnectionOptions): Database {
  const told = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (cause) {
      throw stateFailure(path, cause);
    }
  };
  const connection = told(() => new DatabaseSync(path, { readOnly, timeout: busyTimeoutMs }));
  const opened = told(() => inodeOf(path));
  const statements = new Map<string, StatementSync>();

  function prepared(sql: string): StatementSync {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = connection.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  /** SQLite would go on writing to a file that has no name any more, and all of it would be gone at the next start. */
  function requirePlace(): void {
    if (told(() => inodeOf(path)) === opened) return;
    const message = `the state file ${path} was removed or replaced while it was in use; put it back, or restart Sightline to begin anew`;
    throw new SightlineError('state-gone', message);
  }

  return {
    path,
    get: <Row>(sql: string, ...values: SQLInputValue[]) => told(() => prepared(sql).get(...values) as Row | undefined),
    all: <Row>(sql: string, ...values: SQLInputValue[]) => told(() => prepared(sql).all(...values) as Row[]),
    *iterate<Row>(sql: string, ...values: SQLInputValue[]) {
      // A statement of its own: iterations over the same rows may be under way side by side.
      const rows = told(() => connection.prepare(sql).iterate(...values));
      for (let row = told(() => rows.next()); row.done !== true; row = told(() => rows.next())) yield row.value as Row;
    },
    run: (sql, ...values) => told(() => Number(prepared(sql).run(...values).changes)),
    script: (sql) => told(() => connection.exec(sql)),
    transact(work) {
      if (connection.isTransaction) return work();
      requirePlace();
      told(() => connection.exec('BEGIN IMMEDIATE'));
      try {
        const result = work();
        told(() => connection.exec('COMMIT'));
        return result;
      } catch (error) {
        // A full disk may have rolled it back already.
        if (connection.isTransaction) told(() => connection.exec('ROLLBACK'));
        throw error;
      }
    },
    close: () => told(() => connection.close()),
  };
}

/** Null when there is no such file. */
function inodeOf(path: string): bigint | null {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}
