import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/state/database.ts';
import { MIGRATIONS, migrate } from '../../src/state/schema.ts';
import { openState } from '../../src/state/state.ts';
import { newPath, XDR } from './states.ts';

const NOON = Date.UTC(2026, 10, 22, 12);

/** A file as version 1 wrote it. */
function versionOne(): string {
  const path = newPath();
  const database = new DatabaseSync(path);
  database.exec(readFileSync(join(import.meta.dirname, 'version-1.sql'), 'utf8'));
  database.exec('PRAGMA journal_mode = WAL');
  database.close();
  return path;
}

function schemaOf(path: string): unknown {
  const database = new DatabaseSync(path, { readOnly: true });
  const schema = database.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all();
  const version = database.prepare('PRAGMA user_version').get();
  database.close();
  return [version, schema];
}

describe('a file of version 1', () => {
  it('is read by this version, with all that is in it', () => {
    const path = versionOne();
    const state = openState(path, { clock: () => NOON });
    const { positions, ledger, snapshot, journal } = state.load();
    expect([...positions]).toEqual([['/var/log/apache2/access.log', '{"offset":4096}']]);
    expect(ledger).toMatchObject([{ lines: 40, parsed: 37, rejected: { 'bad-time': 2 }, skipped: 1, lostLines: 1 }]);
    expect([snapshot, ...journal].map((data) => new TextDecoder().decode(data ?? undefined))).toEqual([
      'snapshot',
      'journal',
    ]);
    expect(state.table('pairs').get('a')).toBe('"T-1"');
    expect(Array.from(state.outbox.list(), ({ key, state: at }) => [key, at])).toEqual([
      ['a-2', 'waiting'],
      ['b-1', 'parked'],
      ['c-1', 'waiting'],
    ]);
    expect(state.outbox.counts()).toMatchObject({ delivered: 1, dropped: 1, holds: [{ failures: 3 }] });
    expect(state.outbox.next(XDR)).toBeNull();
    expect(state.outbox.ripe(XDR, null)).toMatchObject([{ incident: 'a', receipts: [{ key: 'a-1' }] }]);
    state.close();
  });

  it('has the schema of a new one afterwards', () => {
    const [old, fresh] = [versionOne(), newPath()];
    for (const path of [old, fresh]) openState(path).close();
    expect(schemaOf(old)).toEqual(schemaOf(fresh));
  });
});

describe('a migration', () => {
  const more = [...MIGRATIONS, "ALTER TABLE position ADD COLUMN note TEXT NOT NULL DEFAULT 'none'"];

  it('keeps what is there, and is done once', () => {
    const database = openDatabase(versionOne(), { readOnly: false, busyTimeoutMs: 0 });
    for (let time = 0; time < 2; time++) migrate(database, more);
    expect(database.all('SELECT source, note FROM position')).toEqual([
      { source: '/var/log/apache2/access.log', note: 'none' },
    ]);
    expect(database.get('PRAGMA user_version')).toEqual({ user_version: 2 });
    database.close();
  });

  it('that fails in the middle leaves the version before it', () => {
    const database = openDatabase(versionOne(), { readOnly: false, busyTimeoutMs: 0 });
    const failing = [...more, 'CREATE TABLE extra (a); DROP TABLE nowhere'];
    expect(() => migrate(database, failing)).toThrow(/nowhere/);
    expect(database.get('PRAGMA user_version')).toEqual({ user_version: 2 });
    expect(database.get("SELECT name FROM sqlite_schema WHERE name = 'extra'")).toBeUndefined();
    database.close();
  });
});
