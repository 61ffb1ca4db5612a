import { SightlineError } from '../../model/errors.ts';
import type { StoredEntity } from '../entity/stored.ts';
import type { SandboxClient } from '../settings.ts';
import type { StoredType } from './store.ts';

/** A SQLite file that outlives the sandbox. */
export interface Archive {
  /** In the order of first storing. */
  read(): readonly { readonly type: StoredType; readonly entity: StoredEntity }[];
  put(type: StoredType, entity: StoredEntity): void;
  remove(entity: StoredEntity): void;
  /** The clients that were kept; null for a new file. */
  clients(): readonly SandboxClient[] | null;
  keepClients(clients: readonly SandboxClient[]): void;
  close(): void;
}

/** A power cut may cost the last writes, a crash of the sandbox does not: it is no place for real data. */
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = OFF;
  CREATE TABLE IF NOT EXISTS entity (id TEXT PRIMARY KEY, type TEXT NOT NULL, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS client (id TEXT PRIMARY KEY, body TEXT NOT NULL);
`;

/** Throws SightlineError `bad-db` for a file that cannot be opened or is no SQLite database. */
export async function openArchive(file: string): Promise<Archive> {
  const { DatabaseSync } = await import('node:sqlite');
  try {
    const db = new DatabaseSync(file);
    db.exec(SCHEMA);
    const put = db.prepare(
      'INSERT INTO entity (id, type, body) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
    );
    const remove = db.prepare('DELETE FROM entity WHERE id = ?');
    const keep = db.prepare('INSERT OR REPLACE INTO client (id, body) VALUES (?, ?)');
    return {
      read: () =>
        db
          .prepare('SELECT type, body FROM entity ORDER BY rowid')
          .all()
          .map(({ type, body }) => ({ type: type as StoredType, entity: JSON.parse(String(body)) as StoredEntity })),
      put: (type, entity) => put.run(entity.id, type, JSON.stringify(entity)),
      remove: (entity) => remove.run(entity.id),
      clients() {
        const rows = db.prepare('SELECT body FROM client ORDER BY rowid').all();
        return rows.length === 0 ? null : rows.map(({ body }) => JSON.parse(String(body)) as SandboxClient);
      },
      keepClients(clients) {
        for (const client of clients) keep.run(client.clientId, JSON.stringify(client));
      },
      close: () => db.close(),
    };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new SightlineError('bad-db', `cannot use ${file} as the sandbox's database: ${message}`, { cause });
  }
}
