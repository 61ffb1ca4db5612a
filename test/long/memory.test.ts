import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { FLOOD_ATTACKERS, makeFlood } from '../../bench/make-flood.ts';
import { makeLog } from '../../bench/make-log.ts';
import { ROOT } from '../support/run-cli.ts';

const MIB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'sightline-memory-'));
const log = join(folder, 'access.log');

const LOG_BYTES = 256 * MIB;
/** Neither the length of the log nor the memory of the machine may move it. */
const RESIDENT_MIB = 250;
/** Bounds are reached by then. */
const FLOOD_ADDRESSES = 400_000;
const FLOOD_RESIDENT_MIB = 450;

/** A long log, cut off at the byte. */
function* longLog(): Generator<string> {
  let left = LOG_BYTES;
  for (const chunk of makeLog({ lines: 10_000_000 })) {
    yield chunk.slice(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `batch` over what is to be read. */
async function peakMiBOf(contents: Iterable<string>, ...output: readonly string[]): Promise<number> {
  await pipeline(Readable.from(contents), createWriteStream(log));
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'cli.js'), 'batch', log, ...output, '--quiet'], {
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
  return peakKiB / 1024;
}

describe.skipIf(process.platform !== 'linux')('in little memory', () => {
  it('a long log is read', async () => {
    expect(await peakMiBOf(longLog(), '--dry-run')).toBeLessThan(RESIDENT_MIB);
  }, 900_000);

  it('a flood from forged addresses is read, in which no attacker is lost', async () => {
    const bundles = join(folder, 'bundles.jsonl');
    const peakMiB = await peakMiBOf(makeFlood({ addresses: FLOOD_ADDRESSES }), '--out', bundles);
    expect(peakMiB).toBeLessThan(FLOOD_RESIDENT_MIB);
    const found = readFileSync(bundles);
    const lost = FLOOD_ATTACKERS.filter((attacker) => !found.includes(`from ${attacker}"`));
    expect(lost).toEqual([]);
  }, 900_000);
});
