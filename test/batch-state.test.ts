import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { makeLog } from '../bench/make-log.ts';
import { openSandbox } from '../src/sandbox/sandbox.ts';
import { sampleLog } from './support/logs.ts';
import { runCli } from './support/run-cli.ts';

let folder: string;
const batch = (...args: string[]) => runCli(['batch', '--dry-run', ...args], { cwd: folder });
const withState = (...args: string[]) => batch(...args, '--state', 'state.db');
/** Ids of the incidents in bundles, one a line. */
const incidentsIn = (bundles: string): string[] =>
  bundles
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).incidents[0].id);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-batch-state-'));
  writeFileSync(join(folder, 'access.log'), `${sampleLog().join('\n')}\n`);
});

it('gives what a run without a state gives, and nothing the second time', async () => {
  const plain = await batch('access.log');
  const first = await withState('access.log', '--hits', 'hits.jsonl');
  expect(first.code).toBe(0);
  expect(incidentsIn(first.stdout).sort()).toEqual(incidentsIn(plain.stdout).sort());
  const hits = readFileSync(join(folder, 'hits.jsonl'), 'utf8');
  const second = await withState('access.log', '--hits', 'hits.jsonl');
  expect(second).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('Read 0 lines in 1 file') });
  expect(readFileSync(join(folder, 'hits.jsonl'), 'utf8')).toBe(hits);
});

it('reads of a file that has grown and was renamed and compressed only what is new', async () => {
  await withState('access.log');
  const [last = ''] = sampleLog().slice(-1);
  appendFileSync(join(folder, 'access.log'), `${last}\n`);
  writeFileSync(join(folder, 'access.log.1.gz'), gzipSync(readFileSync(join(folder, 'access.log'))));
  rmSync(join(folder, 'access.log'));
  const { code, stderr } = await withState('access.log*');
  expect([code, stderr]).toEqual([0, expect.stringContaining('Read 1 line in 1 file')]);
});

it('goes on night after night with the incidents of one whole run', async () => {
  const log = [...makeLog({ lines: 5000, stepMs: 2400 })].join('');
  writeFileSync(join(folder, 'access.log'), log);
  const plain = await batch('access.log', '--quiet');
  const parts: string[] = [];
  let told = 0;
  for (const end of [0.4, 0.8, 1]) {
    // Every night the file is longer.
    const cut = end === 1 ? log.length : log.lastIndexOf('\n', Math.floor(log.length * end)) + 1;
    writeFileSync(join(folder, 'access.log'), log.slice(0, cut));
    const { stdout, stderr } = await withState('access.log');
    parts.push(stdout);
    const [, active, earlier = '0'] =
      /^Attackers: (\d+)(?: with new hits, then (\d+) of earlier runs)?, /m.exec(stderr) ?? [];
    expect(Number(active)).toBeGreaterThan(0);
    // Those that the run before has told are not new, although the state keeps their last minute open.
    expect(Number(earlier)).toBeLessThanOrEqual(told);
    expect(Number(active) + Number(earlier)).toBeGreaterThanOrEqual(told);
    expect(Number(earlier) > 0).toBe(parts.length > 1);
    told = Number(active) + Number(earlier);
  }
  expect([...new Set(parts.flatMap(incidentsIn))].sort()).toEqual([...new Set(incidentsIn(plain.stdout))].sort());
});

it('reads a line that was half written at the end of a run whole in the next, counts it once and says so', async () => {
  const log = `${sampleLog().join('\n')}\n`;
  const plain = await batch('access.log');
  writeFileSync(join(folder, 'access.log'), log.slice(0, -40));
  const first = await withState('access.log', '--rejects', 'rejects.jsonl');
  expect([first.code, first.stderr]).toEqual([0, expect.stringContaining('access.log: its last line has no newline')]);
  writeFileSync(join(folder, 'access.log'), log);
  const second = await withState('access.log', '--rejects', 'rejects.jsonl');
  expect([second.code, second.stderr]).toEqual([0, expect.stringContaining('Read 1 line in 1 file')]);
  expect(readFileSync(join(folder, 'rejects.jsonl'), 'utf8')).toBe('');
  const found = incidentsIn(first.stdout + second.stdout);
  expect([...new Set(found)].sort()).toEqual(incidentsIn(plain.stdout).sort());
});

it('tells a half-copied archive at each run until it is whole, and then reads the rest', async () => {
  const log = Buffer.from(`${sampleLog().join('\n')}\n`);
  const archive = gzipSync(log);
  rmSync(join(folder, 'access.log'));
  writeFileSync(join(folder, 'access.log.gz'), archive.subarray(0, -12));
  for (const run of [1, 2]) {
    const { code, stderr } = await withState('access.log.gz', '--rejects', 'rejects.jsonl');
    expect([run, code, stderr]).toEqual([run, 1, expect.stringContaining('the archive ends too early')]);
  }
  writeFileSync(join(folder, 'access.log.gz'), archive);
  expect((await withState('access.log.gz', '--rejects', 'rejects.jsonl')).code).toBe(0);
  expect(readFileSync(join(folder, 'rejects.jsonl'), 'utf8')).toBe('');
});

it('fails where not one line is an entry, but not for a damaged line that a log has got', async () => {
  writeFileSync(join(folder, 'notes.txt'), 'what is this\n');
  const noLog = await withState('notes.txt');
  expect([noLog.code, noLog.stderr]).toEqual([1, expect.stringContaining('100.0% of the lines could not be parsed')]);
  expect((await withState('access.log')).code).toBe(0);
  appendFileSync(join(folder, 'access.log'), 'what is this\n');
  const damaged = await withState('access.log', 'notes.txt', '-q');
  expect([damaged.code, damaged.stderr]).toEqual([0, '']);
  writeFileSync(join(folder, 'other.log'), 'nor is this\n');
  const other = await withState('*.log', '-q');
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('not one line is an entry')]);
});

it.skipIf(!existsSync('/dev/full'))(
  'ends where there is no room for its hits, and goes on with the same log',
  async () => {
    const { code, stderr } = await withState('access.log', '--hits', '/dev/full');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^sightline: no room to write \/dev\/full: ENOSPC/)]);
    const next = await withState('access.log', '--hits', 'hits.jsonl');
    expect([next.code, incidentsIn(next.stdout).sort()]).toEqual([
      0,
      incidentsIn((await batch('access.log')).stdout).sort(),
    ]);
  },
);

it('has no use for a file of bundles beside the outbox', async () => {
  const { code, stderr } = await runCli(['batch', 'a.log', '--state', 's.db', '--out', 'o'], { cwd: folder });
  expect([code, stderr]).toEqual([2, expect.stringContaining('--state and --out exclude each other')]);
});

it('keeps dry runs and deliveries apart: neither uses up the log of the other', async () => {
  const sandbox = await openSandbox();
  onTestFinished(() => sandbox.close());
  const send = (...args: string[]) =>
    runCli(['batch', 'access.log', '--state', ...args], { cwd: folder, env: sandbox.environment });
  expect((await withState('access.log')).code).toBe(0);
  expect(await send('state.db')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is of runs with --dry-run'),
  });
  expect(sandbox.entities('incident')).toHaveLength(0);
  const sent = await send('sent.db');
  expect([sent.code, sandbox.entities('incident').length]).toEqual([0, 3]);
  expect(sent.stderr).toContain('The server says: 3 incidents created');
  const dry = await batch('access.log', '--state', 'sent.db');
  expect(dry).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('is of runs that deliver') });
  expect((await withState('access.log')).code).toBe(0);
  const tail = await runCli(['tail', '-', '--state', 'state.db'], { cwd: folder, env: sandbox.environment });
  expect(tail).toMatchObject({ code: 2, stderr: expect.stringContaining('name another state file with --state') });
});
