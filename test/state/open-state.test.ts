import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { openState, type State } from '../../src/state/state.ts';
import { codeOf, newPath, outgoing, XDR } from './states.ts';

const opened: State[] = [];
const open = (...args: Parameters<typeof openState>) => {
  const state = openState(...args);
  opened.push(state);
  return state;
};
afterEach(() => {
  for (const state of opened.splice(0)) state.close();
});

/** A state file with some hundred bundles that nobody has open. */
function filledPath(): string {
  const path = newPath();
  const state = openState(path);
  const parcels = Array.from({ length: 300 }, (_, i) =>
    outgoing(`i${i}-1`, { body: JSON.stringify('x'.repeat(2000)) }),
  );
  state.commit({ parcels, positions: [{ source: 'a', data: '{}' }] });
  state.close();
  return path;
}

function changed(change: (bytes: Buffer) => void): string {
  const path = filledPath();
  const bytes = readFileSync(path);
  change(bytes);
  writeFileSync(path, bytes);
  return path;
}

describe('a new state file', () => {
  it('may be read by its owner alone, and so may what lies beside it', () => {
    const path = newPath();
    open(path).commit({ parcels: [outgoing('a-1')] });
    const modes = ['', '-wal', '-shm', '.lock'].map((end) => (statSync(path + end).mode & 0o777).toString(8));
    expect(modes).toEqual(['600', '600', '600', '600']);
  });

  it('gets its folders made', () => {
    const path = `${dirname(newPath())}/a/b/sightline.db`;
    open(path);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  });

  it('takes its name when it is complete: what a crash left of its making is no hindrance', () => {
    const path = newPath();
    writeFileSync(`${path}.new`, 'half');
    open(path);
    expect(existsSync(`${path}.new`)).toBe(false);
  });
});

describe('the lock', () => {
  it('refuses a second owner, and is free after closing', () => {
    const path = newPath();
    open(path);
    expect(codeOf(() => openState(path, { busyTimeoutMs: 0 }))).toBe('state-locked');
    opened.pop()?.close();
    open(path);
  });

  it('lets others read and make short changes meanwhile', () => {
    const path = newPath();
    const owner = open(path);
    owner.commit({ parcels: [outgoing('a-1'), outgoing('b-1')] });
    const reader = open(path, { access: 'read' });
    expect(Array.from(reader.outbox.list(), ({ key }) => key)).toEqual(['a-1', 'b-1']);
    const helper = open(path, { access: 'share' });
    expect(helper.outbox.drop(1)).toBe(true);
    expect(owner.outbox.next(XDR)?.key).toBe('b-1');
    expect(Array.from(reader.outbox.list(), ({ key }) => key)).toEqual(['b-1']);
  });

  it('does not let a reader change anything', () => {
    const path = filledPath();
    expect(codeOf(() => open(path, { access: 'read' }).outbox.drop(1))).toBe('state-unwritable');
  });
});

describe('what cannot be used is refused and left as it is', () => {
  const cases: [string, string, () => string][] = [
    ['with another header', 'not-a-state', () => changed((bytes) => bytes.write('nonsense', 0))],
    [
      'that was cut short',
      'state-corrupt',
      () => {
        const path = filledPath();
        truncateSync(path, statSync(path).size / 2);
        return path;
      },
    ],
    ['with pages overwritten', 'state-corrupt', () => changed((bytes) => bytes.fill(0xa5, 4096, 40_960))],
    [
      'that is empty',
      'state-corrupt',
      () => {
        const path = filledPath();
        truncateSync(path, 0);
        return path;
      },
    ],
    [
      'that is gone, its write-ahead log left behind',
      'state-corrupt',
      () => {
        const path = newPath();
        writeFileSync(`${path}-wal`, 'pages');
        return path;
      },
    ],
    [
      'of another program',
      'not-a-state',
      () => {
        const path = newPath();
        const other = new DatabaseSync(path);
        other.exec('CREATE TABLE theirs (a)');
        other.close();
        return path;
      },
    ],
    [
      'of a newer version',
      'state-newer-schema',
      () => {
        const path = filledPath();
        const database = new DatabaseSync(path);
        database.exec('PRAGMA user_version = 99');
        database.close();
        return path;
      },
    ],
    [
      'that is a folder',
      'not-a-state',
      () => {
        const path = newPath();
        mkdirSync(path);
        return path;
      },
    ],
    [
      'that leads round in a circle',
      'state-unwritable',
      () => {
        const path = newPath();
        symlinkSync(path, path);
        return path;
      },
    ],
    [
      'whose lock cannot be taken',
      'state-unwritable',
      () => {
        const path = filledPath();
        rmSync(`${path}.lock`);
        mkdirSync(`${path}.lock`);
        return path;
      },
    ],
    ['below what is no folder', 'state-unwritable', () => '/dev/null/sightline.db'],
  ];

  it.each(cases)('a file %s: %s', (_, code, make) => {
    const path = make();
    const before = existsSync(path) && statSync(path).isFile() ? readFileSync(path) : null;
    expect(codeOf(() => openState(path))).toBe(code);
    if (before !== null) expect(readFileSync(path).equals(before)).toBe(true);
    // The lock is free again: the same refusal, not that another process had it.
    expect(codeOf(() => openState(path, { busyTimeoutMs: 0 }))).toBe(code);
  });

  it('says what to do', () => {
    const path = changed((bytes) => bytes.fill(0xa5, 4096, 40_960));
    expect(() => openState(path)).toThrow(/is damaged \(.*keep a copy.*outbox export.*begin anew/s);
    writeFileSync(path, 'a log, perhaps\n');
    expect(() => openState(path)).toThrow(
      /is no state file of Sightline: .* name another path.*If it was one, .*backup/s,
    );
  });

  it.each(['read', 'share'] as const)('nothing is made for access to %s', (access) => {
    const path = newPath();
    expect(codeOf(() => openState(path, { access }))).toBe('no-state');
    expect(existsSync(path)).toBe(false);
  });

  it.each(['read', 'share'] as const)('an older file is not migrated by access to %s', (access) => {
    const path = filledPath();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 0');
    database.close();
    expect(codeOf(() => openState(path, { access }))).toBe('state-older-schema');
  });

  it('damage that shows only in use is told, too', () => {
    const path = filledPath();
    const state = open(path, { access: 'read' });
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xa5, 4096));
    expect(codeOf(() => [...state.outbox.list()])).toBe('state-corrupt');
  });
});

describe('a file that goes away while it is in use', () => {
  it.each([
    ['removed', (path: string) => rmSync(path)],
    [
      'replaced',
      (path: string) => {
        copyFileSync(path, `${path}.copy`);
        rmSync(path);
        copyFileSync(`${path}.copy`, path);
      },
    ],
  ])('is noticed before anything is written into the void: %s', (_, remove) => {
    const path = newPath();
    const state = open(path);
    // Held open, so that the copy cannot have the same inode.
    const held = new DatabaseSync(path, { readOnly: true });
    remove(path);
    expect(codeOf(() => state.commit({ parcels: [outgoing('a-1')] }))).toBe('state-gone');
    held.close();
  });
});

describe('a file that another process keeps busy', () => {
  it('is waited for, then told; the same commit works later', () => {
    const path = newPath();
    const state = open(path, { busyTimeoutMs: 50 });
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const commit = () => state.commit({ parcels: [outgoing('a-1')] });
    expect(codeOf(commit)).toBe('state-busy');
    other.exec('ROLLBACK');
    other.close();
    commit();
    expect(state.outbox.next(XDR)?.key).toBe('a-1');
  });
});

it('a failure of the program itself is not dressed up', () => {
  const state = open(newPath());
  expect(() => state.transact(() => statSync('/nowhere/at/all'))).toThrow(/ENOENT/);
});
