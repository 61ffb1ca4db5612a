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

const LOG_BYTES = 256 * MIB;
/** Neither the length of the log nor the memory of the machine may move it. */
const RESIDENT_MIB = 250;

/** A long log, cut off at the byte. */
function* longLog(): Generator<string> {
  let left = LOG_BYTES;
  for (const chunk of makeLog({ lines: 10_000_000 })) {
    yield chunk.slice(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}

beforeAll(() => pipeline(Readable.from(longLog()), createWriteStream(log)), 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

it.skipIf(process.platform !== 'linux')(
  'a long log is read in little memory',
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
    expect(peakKiB / 1024).toBeLessThan(RESIDENT_MIB);
  },
  900_000,
);
