import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { type LedgerRow, openState } from '../../src/state/state.ts';
import { codeOf, newPath, newState } from './states.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const row = (source: string, lines: number): LedgerRow => ({
  source,
  bytes: lines * 100,
  lines,
  parsed: lines - 3,
  rejected: { 'too-long': 1, 'bad-time': 1 },
  skipped: 1,
  lostBytes: 7,
  lostLines: 2,
});

describe('a state', () => {
  it('that is new has nothing to go on from', () => {
    const state = newState();
    const { positions, ledger, snapshot, journal } = state.load();
    expect([positions.size, ledger, snapshot, [...journal]]).toEqual([0, [], null, []]);
    expect([state.journalBytes, state.snapshotBytes]).toEqual([0, 0]);
    state.close();
  });

  it('has everything that was committed when it is opened again', () => {
    const path = newPath();
    const first = openState(path);
    first.commit({ snapshot: bytes('S'), positions: [{ source: 'a', data: '{"offset":1}' }], ledger: [row('a', 10)] });
    first.commit({ journal: bytes('J1'), positions: [{ source: 'a', data: '{"offset":2}' }], ledger: [row('a', 20)] });
    first.commit({ journal: bytes('J23'), positions: [{ source: 'b', data: '{}' }], ledger: [row('b', 5)] });
    expect([first.snapshotBytes, first.journalBytes]).toEqual([1, 5]);
    first.close();

    const state = openState(path);
    const { positions, ledger, snapshot, journal } = state.load();
    expect([...positions]).toEqual([
      ['a', '{"offset":2}'],
      ['b', '{}'],
    ]);
    expect(ledger).toEqual([row('a', 20), row('b', 5)]);
    expect([snapshot, ...journal].map((data) => new TextDecoder().decode(data ?? undefined))).toEqual([
      'S',
      'J1',
      'J23',
    ]);
    state.close();
  });

  it('empties the journal with a snapshot, and begins it anew with what comes along', () => {
    const state = newState();
    state.commit({ journal: bytes('old') });
    state.commit({ snapshot: bytes('whole'), journal: bytes('new') });
    expect([...state.load().journal]).toEqual([bytes('new')]);
    expect(state.load().snapshot).toEqual(bytes('whole'));
    state.close();
  });

  it('forgets a source when it is told to', () => {
    const state = newState();
    state.commit({
      positions: ['a', 'b'].map((source) => ({ source, data: '{}' })),
      ledger: [row('a', 5), row('b', 5)],
    });
    state.commit({ forget: ['a'] });
    const { positions, ledger } = state.load();
    expect([[...positions.keys()], ledger.map(({ source }) => source)]).toEqual([['b'], ['b']]);
    state.close();
  });

  it('gives back what a large outbox took up', () => {
    const state = newState();
    const sizeOf = () => {
      const database = new DatabaseSync(state.path, { readOnly: true });
      const pages = database.prepare('PRAGMA page_count').get()?.page_count;
      database.close();
      return Number(pages);
    };
    state.commit({ journal: new Uint8Array(24 * 1024 * 1024) });
    const large = sizeOf();
    for (let i = 0; i < 3; i++) state.commit({ snapshot: bytes('small') });
    expect(large - sizeOf()).toBeGreaterThan(2000);
    state.close();
  });

  it.each(['snapshot', 'journal'])('does not take a %s whose bytes have changed', (table) => {
    const state = newState();
    state.commit({ snapshot: bytes('what was there'), journal: bytes('and came after') });
    const database = new DatabaseSync(state.path);
    database.exec(`UPDATE ${table} SET data = CAST('something else' AS BLOB)`);
    database.close();
    expect(codeOf(() => [...state.load().journal])).toBe('state-corrupt');
    state.close();
  });
});

describe('a transaction', () => {
  it('takes back everything when it fails, a commit within it included', () => {
    const state = newState();
    const table = state.table('t');
    const failing = () =>
      state.transact(() => {
        table.set('k', '1');
        state.commit({ journal: bytes('J') });
        throw new Error('in the middle');
      });
    expect(failing).toThrow('in the middle');
    expect([table.get('k'), state.journalBytes]).toEqual([null, 0]);
    state.close();
  });

  it('returns what its work returns', () => {
    const state = newState();
    expect(state.transact(() => 42)).toBe(42);
    state.close();
  });
});

describe('a table', () => {
  it('keeps texts by key, apart from other tables, in order of the keys', () => {
    const path = newPath();
    const first = openState(path);
    first.table('pairs').set('b', '2');
    first.table('pairs').set('a', '0');
    first.table('pairs').set('a', '1');
    first.table('bookmarks').set('a', '{"at":9}');
    first.close();
    const state = openState(path);
    const pairs = state.table('pairs');
    expect([...pairs.entries()]).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
    expect([pairs.get('a'), pairs.get('c'), state.table('bookmarks').get('a')]).toEqual(['1', null, '{"at":9}']);
    expect([pairs.delete('a'), pairs.delete('a'), pairs.get('a')]).toEqual([true, false, null]);
    expect(state.table('bookmarks').get('a')).toBe('{"at":9}');
    state.close();
  });
});
