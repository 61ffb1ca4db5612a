import type { Database } from './database.ts';

/** JSON texts by key, under a name of their own. Several changes at once are atomic within `State.transact`. */
export interface KeyedTable {
  /** Null when there is none. */
  get(key: string): string | null;
  set(key: string, json: string): void;
  /** Whether there was one. */
  delete(key: string): boolean;
  /** Keys and texts, in order of the keys, read as they are iterated: change nothing meanwhile. */
  entries(): Iterable<readonly [key: string, json: string]>;
}

export function keyedTable(database: Database, name: string): KeyedTable {
  return {
    get(key) {
      const row = database.get<{ value: string }>('SELECT value FROM entry WHERE namespace = ? AND key = ?', name, key);
      return row?.value ?? null;
    },
    set(key, json) {
      database.transact(() => {
        database.run('INSERT OR REPLACE INTO entry (namespace, key, value) VALUES (?, ?, ?)', name, key, json);
      });
    },
    delete: (key) =>
      database.transact(() => database.run('DELETE FROM entry WHERE namespace = ? AND key = ?', name, key) > 0),
    *entries() {
      const sql = 'SELECT key, value FROM entry WHERE namespace = ? ORDER BY key';
      for (const { key, value } of database.iterate<{ key: string; value: string }>(sql, name)) yield [key, value];
    },
  };
}
