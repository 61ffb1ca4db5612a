import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALL_SCOPES, openSandbox } from '../../src/sandbox/sandbox.ts';
import { type LedgerRow, openState } from '../../src/state/state.ts';
import { RULES } from '../pipeline/live-bench.ts';
import { LiveWorld, storedIn } from '../support/live-world.ts';
import { logLine, NOON, sampleLog } from '../support/logs.ts';
import { runCli } from '../support/run-cli.ts';
import { TailProcess } from '../support/tail-process.ts';

const MIB = 1024 * 1024;
const SECRET = `${logLine({ client: '203.0.113.9', request: 'GET /.env HTTP/1.1' })}\n`;
const LATER = `${logLine({ time: NOON + 7_200_000 })}\n`;
const OWN_RULES = ['--no-default-rules', '--rules', 'rules'];

let folder: string;
let log: string;
let state: string;
const running: TailProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-faults-'));
  log = join(folder, 'access.log');
  state = join(folder, 'state', 'state.db');
  for (const name of ['rules', 'state']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'rules', 'rules.yml'), RULES);
});

afterEach(async () => {
  for (const process of running.splice(0)) if (!process.hasEnded) await process.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function start(...args: string[]): TailProcess {
  const process = new TailProcess(['access.log', '--dry-run', '--state', state, ...args], { cwd: folder });
  running.push(process);
  return process;
}

function ledger(): LedgerRow | undefined {
  if (!existsSync(state)) return undefined;
  const read = openState(state, { access: 'read' });
  const [row] = read.load().ledger;
  read.close();
  return row;
}

const readLines = (process: TailProcess, lines: number) =>
  process.until(`${lines} lines`, () => (ledger()?.lines ?? 0) >= lines);

/** MiB of memory that the process needed at most. */
function peakOf({ child }: TailProcess): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
}

describe('a server that is down', () => {
  it('for a whole run gets everything once it is up', async () => {
    const world = await LiveWorld.open();
    const { url, credentials } = world.sandbox;
    await world.sandbox.close();
    try {
      world.write(`${sampleLog().join('\n')}\n${LATER}`);
      world.start();
      const deadline = Date.now() + 30_000;
      while (world.left().bytes > 0 || !world.stderr.includes('not delivered, tried again at')) {
        if (Date.now() > deadline) throw new Error(world.stderr);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      expect(await world.end('SIGTERM')).toBe(0);
      const waiting = world.left().parcels;
      expect(waiting).toBeGreaterThan(0);

      const { clientId, clientPassword } = credentials;
      const clients = [{ clientId, clientPassword, org: 'org', user: 'user', scopes: ALL_SCOPES }];
      const sandbox = await openSandbox({ port: Number(new URL(url).port), clients });
      world.start();
      const { stdout } = await runCli(['outbox', 'retry', '--all', '--state', world.statePath]);
      expect(stdout).toContain(`${waiting} to be sent at once`);
      await world.settle(60_000);
      expect(await world.end('SIGTERM')).toBe(0);
      const batch = await world.batch();
      expect(storedIn(batch).size).toBeGreaterThan(10);
      expect(storedIn(sandbox)).toEqual(storedIn(batch));
      await sandbox.close();
      await batch.close();
    } finally {
      await world.close();
    }
  });
});

describe('a disk that is full', () => {
  const disk = mkdtempSync(join(tmpdir(), 'sightline-disk-'));
  const mounted = mount();

  function mount(): boolean {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk], { stdio: 'pipe' });
      return true;
    } catch (error) {
      // Named in the title of what is skipped.
      if (error instanceof Error && 'stderr' in error) return false;
      throw error;
    }
  }

  it.skipIf(!mounted)(
    'pauses reading, is told of, and costs nothing once there is room (only root may mount one)',
    async () => {
      try {
        state = join(disk, 'state.db');
        writeFileSync(log, SECRET);
        const process = start('--hits', 'hits', '--metrics', '127.0.0.1:0', ...OWN_RULES);
        await readLines(process, 1);
        const ballast = openSync(join(disk, 'ballast'), 'w');
        const fill = (bytes: number) => {
          try {
            for (;;) writeSync(ballast, Buffer.alloc(bytes));
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          }
        };
        fill(65_536);
        fill(1);
        closeSync(ballast);
        let written = 1;
        await process.until('a pause', () => {
          appendFileSync(log, SECRET.repeat(200));
          written += 200;
          return process.stderr.includes('reading pauses: no room to write the state file');
        });
        const before = ledger()?.lines ?? 0;
        expect(before).toBeLessThan(written);
        const url = process.logs().find((it) => it.url !== undefined)?.url;
        expect((await fetch(`${url}/readyz`)).status).toBe(503);
        expect(process.hasEnded).toBe(false);
        rmSync(join(disk, 'ballast'));
        await process.said('"reading goes on"');
        await readLines(process, written);
        expect(await process.end()).toBe(0);
        expect(ledger()).toMatchObject({ lines: written, parsed: written, lostLines: 0 });
        expect(readFileSync(join(folder, 'hits'), 'utf8').split('\n')).toHaveLength(written + 1);
      } finally {
        execFileSync('umount', ['--lazy', disk]);
        rmSync(disk, { recursive: true, force: true });
      }
    },
  );
});

describe('a log', () => {
  it('that may not be read any more is told of, and read on when it may be', async () => {
    writeFileSync(log, SECRET);
    const process = start('--hits', 'hits', ...OWN_RULES);
    await readLines(process, 1);
    renameSync(log, `${log}.1`);
    // Root may read everything but what is no file; for others, permission is what counts.
    const isRoot = globalThis.process.getuid?.() === 0;
    if (isRoot) mkdirSync(log);
    else {
      writeFileSync(log, SECRET.repeat(2));
      chmodSync(log, 0);
    }
    await process.said('"unreadable"');
    appendFileSync(`${log}.1`, SECRET);
    if (isRoot) {
      rmSync(log, { recursive: true });
      writeFileSync(log, SECRET.repeat(2));
    } else chmodSync(log, 0o600);
    await process.said('"back"');
    await readLines(process, 4);
    expect(await process.end()).toBe(0);
    expect(ledger()).toMatchObject({ lines: 4, parsed: 4, lostLines: 0, lostBytes: 0 });
  });

  it('with a line of 1 GB is read within little memory, and the line is accounted for', async () => {
    writeFileSync(log, SECRET);
    truncateSync(log, 1024 * MIB);
    appendFileSync(log, `\n${SECRET}`);
    const { size } = statSync(log);
    const process = start(...OWN_RULES);
    await process.until('the line', () => (ledger()?.bytes ?? 0) === size, 120_000);
    const peak = peakOf(process);
    expect(await process.end()).toBe(0);
    expect(peak).toBeLessThan(250);
    expect(ledger()).toMatchObject({ lines: 3, parsed: 2, rejected: { 'too-long': 1 } });
  });

  it('of a million addresses is read within bounds, which are counted, and hides nobody', async () => {
    const lines = 1_000_000;
    const writer = openSync(log, 'w');
    for (let i = 0; i < lines; i += 1000) {
      const chunk = Array.from({ length: 1000 }, (_, n) => {
        const client = `2001:db8:${((i + n) >> 16).toString(16)}:${((i + n) & 0xffff).toString(16)}::1`;
        return `${logLine({ client, time: NOON + Math.floor((i + n) / 10), request: 'POST /login HTTP/1.1', status: 401 })}\n`;
      });
      writeSync(writer, chunk.join(''));
      if (i % 10_000 === 0) writeSync(writer, SECRET);
    }
    closeSync(writer);
    // Each of them gets an episode, and a group of the correlation.
    const telling = RULES.replace('sightline: {alerts: false}', '').replace('  timespan: 10m', '  generate: true\n$&');
    writeFileSync(join(folder, 'rules', 'rules.yml'), telling);
    const process = start('--metrics', '127.0.0.1:0', ...OWN_RULES);
    await process.until('all lines', () => (ledger()?.lines ?? 0) === lines + lines / 10_000, 1_000_000);
    const url = process.logs().find((it) => it.url !== undefined)?.url;
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const costOf = (bound: string) =>
      Number(new RegExp(`sightline_bounds_total\\{bound="${bound}"\\} (\\d+)`).exec(metrics)?.[1]);
    expect(costOf('episodes-evicted')).toBeGreaterThan(lines - 100_000);
    expect(costOf('groups-evicted')).toBeGreaterThan(lines - 250_000);
    expect(metrics).not.toContain('2001:db8');
    const peak = peakOf(process);
    console.info(`peak of ${Math.round(peak)} MiB`);
    expect(peak).toBeLessThan(900);
    appendFileSync(log, LATER);
    await readLines(process, lines + lines / 10_000 + 1);
    await process.until('the incident', () => process.stdout.includes('Secret file from 203.0.113.9'));
    expect(await process.end()).toBe(0);
  }, 1_200_000);
});

it('a state file that is removed while it is in use ends the run with a message', async () => {
  writeFileSync(log, SECRET);
  const process = start(...OWN_RULES);
  await readLines(process, 1);
  for (const name of readdirSync(join(folder, 'state'))) rmSync(join(folder, 'state', name));
  appendFileSync(log, SECRET);
  expect((await process.exit()).code).toBe(1);
  expect(process.stderr).toContain(`the state file ${state} was removed or replaced while it was in use`);
  expect(process.stderr).not.toContain('    at ');
  expect(readdirSync(join(folder, 'state'))).toEqual([]);
});
