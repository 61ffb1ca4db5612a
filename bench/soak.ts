/**
 * Does `sightline tail` stay as it is when it runs on and on? `node bench/soak.ts [MINUTES]` (20 by default) writes a log at
 * a steady rate, with rotations of three kinds, follows it by a real process that delivers to a local sandbox, and looks
 * every ten seconds at the process's memory and open handles. Event time runs thirty times as fast as the clock, so that
 * episodes, windows and learned answers come and go as they would in days. Needs /proc.
 *
 * 2026-11-22, two cores of an AMD EPYC that others kept busy, Node.js 24.21, 20 minutes, 606,000 lines, 40 rotations:
 *
 *                   min   median      max  slope/h (second half)
 *     RSS, MiB    181.2    240.8    250.1     39.8
 *     handles      28.0     35.0     36.0    -10.3
 *     state, MiB    1.4     25.1     26.1      5.3
 *
 * All lines read, none lost, 5,378 bundles delivered, 683 incidents. Handles are flat; what memory and state grew by in the
 * second half, 7 MiB and 1 MiB, is less than a rotation moves them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { openSandbox } from '../src/sandbox/sandbox.ts';
import { openState } from '../src/state/state.ts';
import { makeLog } from './make-log.ts';

const minutes = Number(process.argv[2] ?? 20);
const LINES_PER_S = 500;
const WRITES_PER_S = 10;
const ROTATE_S = 30;
const SAMPLE_S = 10;

const folder = mkdtempSync(join(tmpdir(), 'sightline-soak-'));
const log = join(folder, 'access.log');
const statePath = join(folder, 'state', 'sightline.db');
const sandbox = await openSandbox();

const tail = spawn(
  process.execPath,
  [join(import.meta.dirname, '..', 'src', 'cli.ts'), 'tail', 'access.log', '--state', statePath, '--quiet'],
  { cwd: folder, env: { PATH: process.env.PATH, ...sandbox.environment }, stdio: ['ignore', 'inherit', 'inherit'] },
);

/** Lines one by one, for ever: another seed where a log has ended. */
function* endlessLines(): Generator<string> {
  let rest = '';
  for (const chunk of makeLog({ lines: 1_000_000_000, stepMs: (30 * 2000) / LINES_PER_S })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield `${line}\n`;
  }
}

const lines = endlessLines();
let written = 0;
let rotations = 0;

function write(count: number): void {
  let text = '';
  for (let i = 0; i < count; i++) text += lines.next().value;
  appendFileSync(log, text);
  written += count;
}

const ROTATE = [
  () => {
    renameSync(log, `${log}.1`);
    writeFileSync(log, '');
  },
  () => {
    copyFileSync(log, `${log}.1`);
    truncateSync(log);
  },
  () => {
    writeFileSync(`${log}.1.gz`, gzipSync(readFileSync(log)));
    rmSync(log);
    writeFileSync(log, '');
  },
];

interface Sample {
  readonly seconds: number;
  readonly rssMiB: number;
  readonly handles: number;
  readonly stateMiB: number;
}

function sample(seconds: number): Sample {
  const status = readFileSync(`/proc/${tail.pid}/status`, 'utf8');
  const bytesOf = (name: string) => readFileSync(join(folder, 'state', name)).length;
  return {
    seconds,
    rssMiB: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
    handles: readdirSync(`/proc/${tail.pid}/fd`).length,
    stateMiB: readdirSync(join(folder, 'state')).reduce((sum, name) => sum + bytesOf(name), 0) / 1024 ** 2,
  };
}

/** Bytes that no commit accounts for, and bundles that wait. */
function left(): number {
  const state = openState(statePath, { access: 'read' });
  const [row] = state.load().ledger;
  const { waiting } = state.outbox.counts();
  state.close();
  return written - (row?.lines ?? 0) + waiting.parcels;
}

/** Growth an hour, by least squares. */
function slopeOf(samples: readonly Sample[], value: (sample: Sample) => number): number {
  const mean = (values: readonly number[]) => values.reduce((sum, it) => sum + it, 0) / values.length;
  const [x, y] = [mean(samples.map(({ seconds }) => seconds)), mean(samples.map(value))];
  const covariance = samples.reduce((sum, it) => sum + (it.seconds - x) * (value(it) - y), 0);
  return (3600 * covariance) / samples.reduce((sum, { seconds }) => sum + (seconds - x) ** 2, 0);
}

function describe(name: string, samples: readonly Sample[], value: (sample: Sample) => number): string {
  const sorted = samples.map(value).sort((a, b) => a - b);
  const [min = 0, median = 0, max = 0] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)];
  const late = samples.slice(samples.length >> 1);
  const shown = [min, median, max, slopeOf(late, value)].map((it) => it.toFixed(1).padStart(9));
  return `${name.padEnd(12)}${shown.join('')}`;
}

console.log(
  `${minutes} min, ${LINES_PER_S} lines/s, a rotation every ${ROTATE_S} s; ${cpus()[0]?.model}, ${process.version}`,
);
const samples: Sample[] = [];
const started = performance.now();
const end = minutes * 60;
for (let turn = 0; ; turn++) {
  const seconds = (performance.now() - started) / 1000;
  if (seconds >= end) break;
  if (tail.exitCode !== null) throw new Error(`tail has ended with ${tail.exitCode}`);
  write(LINES_PER_S / WRITES_PER_S);
  if (seconds > (rotations + 1) * ROTATE_S) ROTATE[rotations++ % ROTATE.length]?.();
  if (seconds > (samples.length + 1) * SAMPLE_S) samples.push(sample(seconds));
  await sleep(Math.max(0, ((turn + 1) * 1000) / WRITES_PER_S - (performance.now() - started)));
}
while (left() > 0) await sleep(500);
tail.kill('SIGTERM');
const [code] = await once(tail, 'exit');
const state = openState(statePath, { access: 'read' });
const [row] = state.load().ledger;
console.log(`${' '.repeat(12)}      min   median      max  slope/h (second half)`);
console.log(describe('RSS, MiB', samples, ({ rssMiB }) => rssMiB));
console.log(describe('handles', samples, ({ handles }) => handles));
console.log(describe('state, MiB', samples, ({ stateMiB }) => stateMiB));
console.log(
  `${written} lines written, ${row?.lines} read, ${row?.lostLines} losses, ${rotations} rotations, exit ${code}`,
);
console.log(`${state.outbox.counts().delivered} bundles delivered, ${sandbox.entities('incident').length} incidents`);
state.close();
await sandbox.close();
rmSync(folder, { recursive: true });
