import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeLog } from '../../bench/make-log.ts';
import { ROOT } from '../support/run-cli.ts';

const MIB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'sightline-memory-'));
const log = join(folder, 'access.log');

/** A gigabyte, cut off at the byte. */
function* gigabyte(): Generator<string> {
  let left = 1024 * MIB;
  for (const chunk of makeLog({ lines: 10_000_000 })) {
    yield chunk.slice(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}

beforeAll(() => pipeline(Readable.from(gigabyte()), createWriteStream(log)), 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

it.skipIf(process.platform !== 'linux')(
  'a log of a gigabyte keeps resident memory under 250 MB',
  async () => {
    const child = spawn(process.execPath, [join(ROOT, 'dist', 'cli.js'), 'batch', log, '--dry-run', '--quiet'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    let peakKiB = 0;
    const watch = setInterval(() => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peakKiB = Math.max(peakKiB, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    }, 250);
    const code = await new Promise<number | null>((resolve) =>
      child.once('exit', (exit) => {
        clearInterval(watch);
        resolve(exit);
      }),
    );
    expect(code).toBe(0);
    expect(peakKiB).toBeGreaterThan(0);
    expect(peakKiB / 1024).toBeLessThan(250);
  },
  900_000,
);
