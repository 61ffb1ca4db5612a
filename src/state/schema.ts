import { SightlineError } from '../model/errors.ts';
import type { Database } from './database.ts';
import { damaged } from './failure.ts';

/** Stands in the file's header (`PRAGMA application_id`) and tells it from other SQLite files: "SGTL". */
export const APPLICATION_ID = 0x5347544c;

/**
 * What leads from each version of the schema to the next one: the first entry makes version 1 of an empty file. A file's
 * version is its `PRAGMA user_version`. Entries that were released never change; a change is a new entry.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE position (source TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;
  CREATE TABLE ledger (
    source TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    parsed INTEGER NOT NULL,
    rejected TEXT NOT NULL,
    skipped INTEGER NOT NULL,
    lost_bytes INTEGER NOT NULL,
    lost_lines INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE snapshot (id INTEGER PRIMARY KEY CHECK (id = 1), crc INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
  CREATE TABLE journal (seq INTEGER PRIMARY KEY, crc INTEGER NOT NULL, data BLOB NOT NULL) STRICT;

  CREATE TABLE parcel (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    destination TEXT NOT NULL,
    key TEXT NOT NULL,
    incident TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'parked')),
    not_before INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    created INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    reason TEXT,
    body TEXT NOT NULL,
    UNIQUE (destination, key)
  ) STRICT;
  CREATE INDEX parcel_by_turn ON parcel (destination, state, seq, not_before, incident);
  CREATE INDEX parcel_by_incident ON parcel (destination, incident, state, seq);
  CREATE INDEX parcel_by_time ON parcel (destination, state, not_before);
  CREATE INDEX parcel_by_state ON parcel (state, seq, bytes);

  CREATE TABLE aftermath (
    seq INTEGER PRIMARY KEY,
    destination TEXT NOT NULL,
    incident TEXT NOT NULL,
    data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX aftermath_by_incident ON aftermath (destination, incident, seq);

  CREATE TABLE receipt (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    destination TEXT NOT NULL,
    key TEXT NOT NULL,
    incident TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('delivered', 'dropped')),
    entities TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (destination, key)
  ) STRICT;
  CREATE INDEX receipt_by_incident ON receipt (destination, incident, seq);

  CREATE TABLE hold (
    destination TEXT PRIMARY KEY,
    until INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  CREATE TABLE entry (
    namespace TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (namespace, key)
  ) STRICT;
  `,
  // Destinations were named by the route, too, and a change of it left their bundles behind.
  ['parcel', 'aftermath', 'receipt', 'hold']
    .map(
      (table) =>
        `UPDATE OR REPLACE ${table} SET destination = replace(replace(destination, ' by iroh', ''), ' by direct', '');`,
    )
    .join('\n'),
];

/** Brings the schema up to date, each version in a transaction of its own. */
export function migrate(database: Database, migrations: readonly string[] = MIGRATIONS): void {
  for (let version = versionOf(database); version < migrations.length; version++) {
    database.transact(() => {
      database.script(migrations[version] ?? '');
      database.script(`PRAGMA user_version = ${version + 1}`);
    });
  }
}

/**
 * Refuses a file that is not ours or of a newer Sightline: SightlineError `not-a-state`, `state-newer-schema`.
 */
export function requireOurs(database: Database): void {
  const { path } = database;
  const id = database.get<{ application_id: number }>('PRAGMA application_id')?.application_id;
  if (id !== APPLICATION_ID) {
    const message = `${path} is an SQLite file of another program, not a state file of Sightline; name another path`;
    throw new SightlineError('not-a-state', message);
  }
  const version = versionOf(database);
  if (version <= MIGRATIONS.length) return;
  const message = `the state file ${path} was written by a newer Sightline (schema ${version}, this one knows up to ${MIGRATIONS.length}); use that version again, or another state file`;
  throw new SightlineError('state-newer-schema', message);
}

/** Refuses a file that would have to be migrated, which is for the process that owns it: `state-older-schema`. */
export function requireCurrent(database: Database): void {
  const version = versionOf(database);
  if (version === MIGRATIONS.length) return;
  const message = `the state file ${database.path} is of an older Sightline (schema ${version}); restart "sightline tail" with this version, which brings it up to date`;
  throw new SightlineError('state-older-schema', message);
}

/** Looks through the whole file for damage to its structure; contents carry checksums of their own. */
export function requireSound(database: Database): void {
  const found = database.get<{ quick_check: string }>('PRAGMA quick_check(1)')?.quick_check;
  if (found !== 'ok') throw damaged(database.path, String(found));
}

function versionOf(database: Database): number {
  return database.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
}
