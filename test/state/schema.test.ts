import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/state/database.ts';
import { MIGRATIONS, migrate } from '../../src/state/schema.ts';
import { openState } from '../../src/state/state.ts';
import { newPath, receiptFor, XDR } from './states.ts';

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

  it('gives what waits under the name of a route to the tenant, once', () => {
    const path = versionOne();
    const database = new DatabaseSync(path);
    const add = database.prepare("INSERT INTO parcel VALUES (?, ?, ?, 'e', 'waiting', 0, 0, 0, 2, NULL, '{}')");
    add.run(11, 'Cisco XDR (eu) by iroh', 'e-1');
    add.run(12, 'Cisco XDR (eu) by direct', 'e-1');
    add.run(13, 'Cisco XDR (eu) by direct', 'e-2');
    database.prepare('INSERT INTO aftermath VALUES (13, ?, ?, ?)').run('Cisco XDR (eu) by direct', 'e', '{}');
    for (const [id, route] of ['iroh', 'direct'].entries()) {
      const name = `Cisco XDR (eu) by ${route}`;
      database.prepare("INSERT INTO receipt VALUES (?, 9, ?, 'e-0', 'e', 'delivered', '[]', 0)").run(id + 10, name);
      database.prepare('INSERT INTO hold VALUES (?, 0, 1, ?)').run(name, 'unreachable');
    }
    database.close();
    const state = openState(path, { clock: () => NOON });
    const name = 'Cisco XDR (eu)';
    expect(state.outbox.counts().destinations).toEqual([
      { destination: name, waiting: 2, parked: 0 },
      { destination: XDR, waiting: 2, parked: 1 },
    ]);
    for (const key of ['e-1', 'e-2']) {
      const parcel = state.outbox.next(name);
      expect(parcel?.key).toBe(key);
      state.outbox.settle(parcel?.seq ?? 0, receiptFor(key));
    }
    const receipts = state.outbox.ripe(name, null).flatMap((aftermath) => aftermath.receipts);
    expect(receipts.map(({ key }) => key)).toEqual(['e-0', 'e-1', 'e-2']);
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
    expect(database.get('PRAGMA user_version')).toEqual({ user_version: more.length });
    database.close();
  });

  it('that fails in the middle leaves the version before it', () => {
    const database = openDatabase(versionOne(), { readOnly: false, busyTimeoutMs: 0 });
    const failing = [...more, 'CREATE TABLE extra (a); DROP TABLE nowhere'];
    expect(() => migrate(database, failing)).toThrow(/nowhere/);
    expect(database.get('PRAGMA user_version')).toEqual({ user_version: more.length });
    expect(database.get("SELECT name FROM sqlite_schema WHERE name = 'extra'")).toBeUndefined();
    database.close();
  });
});
