import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { lagBytesOf } from '../../src/commands/status/lag.ts';
import { writeRunNote } from '../../src/commands/tail/run-note.ts';
import type { Live } from '../../src/pipeline/pipeline.ts';
import type { FilePosition, PartPosition } from '../../src/read/read.ts';
import { openState, type State } from '../../src/state/state.ts';
import { runCli } from '../support/run-cli.ts';

const HOSTILE = 'a\u001b[2J\u009b31m\u202eb.log';
const DRIVING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;
const NOTHING = { bytes: 0, sha256: '' };

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-status-'));
  path = join(folder, 'sightline.db');
});

const status = (...args: string[]) => runCli(['status', '--state', path, ...args], { cwd: folder });

function partOf(name: string, given: Partial<PartPosition> = {}): PartPosition {
  const { dev, ino, size, mtimeMs } = statSync(name, { bigint: true });
  return {
    name,
    device: String(dev),
    inode: String(ino),
    format: 'plain',
    head: NOTHING,
    tail: NOTHING,
    offset: Number(size),
    lines: 1,
    size: Number(size),
    modifiedMs: Number(mtimeMs),
    ended: false,
    ...given,
  };
}

/** A log of ten bytes, and the position behind what was read of it. */
function logOf(given: Partial<PartPosition> = {}): FilePosition {
  const log = join(folder, 'access.log');
  writeFileSync(log, '123456789\n');
  return { ...partOf(log, given), path: log, earlier: [] };
}

/** A state as a run leaves it: one log read up to its sixth byte, standard input, a bundle of each kind. */
function fill(state: State): void {
  const row = { source: HOSTILE, bytes: 100, lines: 10, parsed: 6, skipped: 1, lostBytes: 0, lostLines: 0 };
  state.commit({
    positions: [{ source: HOSTILE, data: JSON.stringify(logOf({ offset: 6 })) }],
    ledger: [
      { ...row, rejected: { 'too-long': 1, 'bad-time': 2, 'bad-json': 0 } },
      { ...row, source: '-', rejected: {}, skipped: 4, lostBytes: 77, lostLines: 2 },
    ],
    parcels: ['waits', 'parked', 'held', 'sent', 'dropped'].map((key) => ({
      parcel: { key, body: '{}', incident: key },
      destination: 'xdr',
      aftermath: null,
    })),
  });
  const [, parked = 0, held = 0, sent = 0, dropped = 0] = Array.from(state.outbox.list(), ({ seq }) => seq);
  state.outbox.settle(sent, { key: 'sent', verdict: 'delivered', entities: [], reason: null });
  state.outbox.park(parked, 'refused');
  const until = Date.now() + 3_600_000;
  state.outbox.defer(held, { notBefore: until, heldUntil: until, failures: 7, reason: `down ${HOSTILE}` });
  state.outbox.drop(dropped);
  const live = { reached: Date.UTC(2026, 10, 22, 12), scan: { correlation: { openEpisodes: 3 } } };
  writeRunNote(state, live as unknown as Live, { pid: 4711, committed: Date.UTC(2026, 10, 22, 13) });
}

describe('sightline status', () => {
  it('tells all there is to tell while a process works on the file', async () => {
    const owner = openState(path);
    fill(owner);
    const { code, stdout, stderr } = await status();
    owner.close();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toMatch(DRIVING);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toEqual([
      `State file     ${path}`,
      'Process        running, pid 4711',
      'Last commit    2026-11-22 13:00:00 UTC',
      'Event time     final up to 2026-11-22 12:00:00 UTC',
      'Open episodes  3',
      '',
      'SOURCE                        BYTES  LINES  PARSED  REJECTED                SKIPPED  OFFSET  LAG  LOST',
      '-                             100    10     6       0                       4        -       -    77 bytes or more, 2 times',
      'a\\x1b[2J\\x9b31m\\u{202e}b.log  100    10     6       1 too-long, 2 bad-time  1        6       4    -',
      '',
      'Outbox     2 waiting (4 bytes), 1 parked (2 bytes)',
      expect.stringMatching(/^Oldest {5}waits since 20\S+ \S+ UTC$/),
      expect.stringMatching(/^ {11}Nothing is sent to xdr before 20.*, after 7 failures in a row: down a\\x1b\[2J/),
      expect.stringMatching(/^Delivered {2}1, the last at 20\S+ \S+ UTC$/),
      'Dropped    1 by hand, 0 for want of room',
    ]);
  });

  it('says that nothing runs when nothing does, and nothing was read', async () => {
    openState(path).close();
    const { code, stdout } = await status();
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        `State file  ${path}`,
        'Process     none: nothing is read or sent',
        '',
        'Nothing was read yet',
        '',
        'Outbox     0 waiting (0 bytes), 0 parked (0 bytes)',
        'Delivered  nothing yet',
        '',
      ].join('\n'),
    );
  });

  it('tells of a process that has committed nothing yet', async () => {
    const owner = openState(path);
    const { stdout } = await status();
    owner.close();
    expect(stdout).toContain('Process     running\n');
  });

  it('tells of a run that has reached no time yet', async () => {
    const owner = openState(path);
    const live = { reached: null, scan: { correlation: { openEpisodes: 0 } } };
    writeRunNote(owner, live as unknown as Live, { pid: 1, committed: 0 });
    owner.close();
    const { stdout } = await status();
    expect(stdout).toContain('Event time     none yet\n');
  });

  it('gives the same as JSON', async () => {
    const owner = openState(path);
    fill(owner);
    owner.close();
    const { code, stdout } = await status('--json');
    expect(code).toBe(0);
    expect(stdout).not.toMatch(DRIVING);
    expect(JSON.parse(stdout)).toMatchObject({
      state: path,
      isRunning: false,
      run: { pid: 4711, committed: Date.UTC(2026, 10, 22, 13), reached: Date.UTC(2026, 10, 22, 12), openEpisodes: 3 },
      sources: [
        { source: '-', file: null, offset: null, lagBytes: null, lostBytes: 77, lostLines: 2 },
        { source: HOSTILE, file: join(folder, 'access.log'), offset: 6, lagBytes: 4, rejected: { 'too-long': 1 } },
      ],
      outbox: {
        isFull: false,
        waiting: { parcels: 2 },
        parked: { parcels: 1 },
        delivered: 1,
        holds: [{ failures: 7 }],
      },
    });
  });

  it('says that an outbox is full, by the bound of the configuration', async () => {
    const owner = openState(path);
    owner.commit({
      parcels: [
        { parcel: { key: 'k', body: 'x'.repeat(1_000_000), incident: 'i' }, destination: 'xdr', aftermath: null },
      ],
    });
    owner.close();
    const full = 'The outbox is full: nothing is read';
    expect((await status()).stdout).not.toContain(full);
    writeFileSync(join(folder, 'sightline.yaml'), 'state: {outbox_max_bytes: 1000000}\n');
    expect((await status()).stdout).toContain(full);
  });

  it('makes no state file where there is none', async () => {
    const { code, stderr } = await status();
    expect([code, stderr]).toEqual([2, expect.stringContaining(`there is no state file ${path}`)]);
  });
});

describe('the lag of a log', () => {
  it.each<[string, (position: FilePosition) => void, number, Partial<PartPosition>?]>([
    ['is nothing when all was read', () => {}, 0],
    ['is what was not read', () => {}, 4, { offset: 6 }],
    ['grows with what is written', ({ path: log }) => appendFileSync(log, 'more'), 4],
    ['is all of a file that was emptied and written anew', ({ path: log }) => truncateSync(log, 3), 3],
    ['is what is known of a file that is gone', ({ path: log }) => rmSync(log), 4, { offset: 6 }],
    ['leaves out what an archive holds', () => {}, 0, { format: 'gzip', offset: 0 }],
    ['leaves out a file that was called over', () => {}, 0, { offset: 6, ended: true }],
  ])('%s', (_, change, lagBytes, given) => {
    const position = logOf(given);
    change(position);
    expect(lagBytesOf(position)).toBe(lagBytes);
  });

  it('is the rest of a file that has moved on, as far as it is known, and all of the new one', () => {
    const position = logOf({ offset: 6 });
    renameSync(position.path, `${position.path}.1`);
    writeFileSync(position.path, '123');
    expect(lagBytesOf(position)).toBe(4 + 3);
  });

  it('counts what is written late into a rotated file, and the new file once', () => {
    const rotated = logOf({ offset: 6 });
    renameSync(rotated.path, `${rotated.path}.1`);
    const earlier = partOf(`${rotated.path}.1`, { offset: 6 });
    const position = { ...logOf({ offset: 9 }), earlier: [earlier] };
    expect(lagBytesOf(position)).toBe(1 + 4);
  });

  it('is what is known where the way to the file leads no further', () => {
    const position = logOf({ offset: 6 });
    const blocked = join(folder, 'file');
    writeFileSync(blocked, '');
    mkdirSync(join(folder, 'other'));
    expect(lagBytesOf({ ...position, name: join(blocked, 'access.log'), path: join(blocked, 'access.log') })).toBe(4);
  });
});
