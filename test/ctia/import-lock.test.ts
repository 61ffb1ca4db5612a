import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type LockOptions, realTiming } from '../../src/ctia/ctia.ts';
import { importLock } from '../../src/ctia/import-lock.ts';

const SRC = join(import.meta.dirname, '..', '..', 'src', 'ctia');

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const lockOf = (folder: string, more: Partial<LockOptions> & { name?: string; maxWaitMs?: number } = {}) => {
  const { name = 'org', maxWaitMs = 30_000, ...options } = more;
  return importLock({ folder, ...options }, { name, maxWaitMs, timing: realTiming, signal: undefined });
};

/** A promise and what settles it. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

describe('importLock', () => {
  it('carries out one piece of work after the other, whoever asks', async () => {
    const folder = newFolder();
    let running = 0;
    const work = async () => {
      expect(++running).toBe(1);
      await realTiming.sleep(1);
      running--;
      return 'done';
    };
    const holders = [lockOf(folder), lockOf(folder), lockOf(folder)];
    const results = await Promise.all([...holders, ...holders].map((hold) => hold(work)));
    expect(results).toEqual(Array(6).fill('done'));
  });

  it('gives the lock free when the work fails, and passes the failure on', async () => {
    const hold = lockOf(newFolder());
    await expect(hold(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await hold(async () => 'next')).toBe('next');
  });

  it('lets work under another name go on', async () => {
    const folder = newFolder();
    const inner = lockOf(folder, { name: 'other' });
    expect(await lockOf(folder)(() => inner(async () => 'both'))).toBe('both');
  });

  it('gives up after the longest wait, having told once that it waits', async () => {
    const folder = newFolder();
    const told: string[] = [];
    const waiting = lockOf(folder, { maxWaitMs: 120, onWait: () => told.push('waiting') });
    await lockOf(folder)(async () => {
      for (let i = 0; i < 2; i++) {
        await expect(waiting(async () => 'never')).rejects.toMatchObject({
          code: 'busy',
          message: 'another process on this machine has been importing for more than 1 s; nothing was sent',
        });
      }
    });
    expect(told).toEqual(['waiting']);
    expect(await waiting(async () => 'now')).toBe('now');
  });

  it('stops waiting when it is told to', async () => {
    const folder = newFolder();
    const stop = new AbortController();
    const options = { name: 'org', maxWaitMs: 30_000, timing: realTiming, signal: stop.signal };
    await lockOf(folder)(async () => {
      const waiting = importLock({ folder, onWait: () => stop.abort() }, options)(async () => 'never');
      await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
    });
  });

  it('lets the one that waits go before the one that comes back', async () => {
    const folder = newFolder();
    const order: string[] = [];
    const waits = gate();
    const first = lockOf(folder);
    const second = lockOf(folder, { onWait: waits.open });
    let waiting: Promise<unknown> = Promise.resolve();
    await first(async () => {
      waiting = second(async () => order.push('second'));
      await waits.passed;
    });
    await first(async () => order.push('first'));
    await waiting;
    expect(order).toEqual(['second', 'first']);
  });

  it('is free again when the process that held it is killed', async () => {
    const folder = newFolder();
    const holder = `
      import { importLock } from ${JSON.stringify(join(SRC, 'import-lock.ts'))};
      import { realTiming } from ${JSON.stringify(join(SRC, 'timing.ts'))};
      const options = { name: 'org', maxWaitMs: 1000, timing: realTiming, signal: undefined };
      await importLock({ folder: ${JSON.stringify(folder)} }, options)(() => {
        console.log('held');
        return new Promise(() => setInterval(() => {}, 1000));
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', holder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await expect(lockOf(folder, { maxWaitMs: 1 })(async () => 'never')).rejects.toMatchObject({ code: 'busy' });
    child.kill('SIGKILL');
    expect(await lockOf(folder)(async () => 'free')).toBe('free');
  });
});

describe.skipIf(process.platform === 'win32')('the folder of the lock', () => {
  it('is made, for its owner alone', async () => {
    const folder = join(newFolder(), 'run', 'sightline');
    await lockOf(folder)(async () => {});
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  const isRoot = process.getuid?.() === 0;
  it.each([
    ['others may write to it', (path: string) => chmodSync(path, 0o777), 'others may write to it'],
    [
      'it is a file',
      (path: string) => {
        rmdirSync(path);
        writeFileSync(path, '');
      },
      'it cannot be made',
    ],
    [
      'it is a link to another folder',
      (path: string) => {
        rmdirSync(path);
        symlinkSync(newFolder(), path);
      },
      'it is no folder',
    ],
    [
      'it belongs to somebody else',
      (path: string) => {
        if (isRoot) chownSync(path, 65_534, 65_534);
        else {
          rmdirSync(path);
          return '/usr';
        }
        return path;
      },
      'it belongs to somebody else',
    ],
  ])('is refused when %s', async (_, make, message) => {
    const path = newFolder();
    await expect(lockOf(make(path) ?? path)(async () => {})).rejects.toMatchObject({
      code: 'bad-lock',
      message: expect.stringContaining(message),
    });
  });

  it('is refused when no lock file can be made in it', async () => {
    const folder = newFolder();
    const hold = lockOf(folder);
    await hold(async () => {});
    rmSync(folder, { recursive: true });
    await expect(hold(async () => {})).rejects.toMatchObject({ code: 'bad-lock' });
  });

  it('is refused when what lies in it is no lock file', async () => {
    const folder = newFolder();
    await lockOf(folder)(async () => {});
    for (const name of readdirSync(folder))
      writeFileSync(join(folder, name), 'no database, and longer than a header '.repeat(50));
    await expect(lockOf(folder)(async () => {})).rejects.toMatchObject({
      code: 'bad-lock',
      message: expect.stringContaining('cannot be locked'),
    });
  });
});
