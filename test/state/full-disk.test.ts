import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openState } from '../../src/state/state.ts';
import { codeOf, outgoing, receiptFor, XDR } from './states.ts';

const folder = mkdtempSync(join(tmpdir(), 'sightline-full-'));
const mounted = mount();

function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'pipe' });
    return true;
  } catch (error) {
    // Named in the title of what is skipped.
    if (error instanceof Error && 'stderr' in error) return false;
    throw error;
  }
}

afterAll(() => {
  if (mounted) execFileSync('umount', ['--lazy', folder]); // A test that failed may have a file open.
  rmSync(folder, { recursive: true, force: true });
});

const title = mounted ? 'a disk of 1 MiB' : 'a disk of 1 MiB (skipped: only root may mount one)';
describe.skipIf(!mounted)(title, () => {
  const path = join(folder, 'sightline.db');
  const ballast = join(folder, 'ballast');

  it('that is full takes no commit by halves, and the same commit once there is room', () => {
    writeFileSync(ballast, Buffer.alloc(500_000));
    const state = openState(path);
    const commit = (step: number, bytes: number) =>
      state.commit({
        positions: [{ source: 'log', data: String(step) }],
        journal: new Uint8Array(1000),
        parcels: [outgoing(`i${step}-1`), outgoing(`i${step}-2`, { body: JSON.stringify('x'.repeat(bytes)) })],
      });
    const committed = () => [
      state.load().positions.get('log'),
      state.journalBytes,
      state.outbox.counts().waiting.parcels,
    ];
    commit(1, 1000);
    // All but the last parcel would find room.
    for (let time = 0; time < 2; time++) expect(codeOf(() => commit(2, 450_000))).toBe('state-full');
    expect(committed()).toEqual(['1', 1000, 2]);
    expect(state.outbox.next(XDR)?.key).toBe('i1-1');

    rmSync(ballast);
    commit(2, 450_000);
    expect(committed()).toEqual(['2', 2000, 4]);
    state.outbox.settle(1, receiptFor('i1-1'));
    state.close();

    const again = openState(path);
    expect(again.load().positions.get('log')).toBe('2');
    again.close();
  });

  it('that is full takes no new state file, and one later in the same place', () => {
    const other = join(folder, 'other.db');
    for (const end of ['', '-wal', '-shm', '.lock']) rmSync(path + end, { force: true });
    writeFileSync(ballast, Buffer.alloc(1024 * 1024 - 24 * 1024));
    expect(codeOf(() => openState(other))).toBe('state-full');
    rmSync(ballast);
    openState(other).close();
  });
});
