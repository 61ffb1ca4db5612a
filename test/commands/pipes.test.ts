import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { sampleLog } from '../support/logs.ts';
import { ROOT, runCli } from '../support/run-cli.ts';

let folder: string;
const SKIPPED = 'a.pipe is no regular file, and is read only when it is named itself\n';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-skipped-'));
  writeFileSync(join(folder, 'a.log'), `${sampleLog().join('\n')}\n`);
  execFileSync('mkfifo', [join(folder, 'a.pipe')]);
});

it.each([
  ['batch', 'a.*', '--dry-run'],
  ['batch', 'a.*', '--dry-run', '--state', 'state.db'],
  ['rules', 'test', join(ROOT, 'rules'), '--log', 'a.*'],
])('a pipe that a glob finds is told of, and not waited for: %s %s', async (...args) => {
  const { code, stderr } = await runCli(args, { cwd: folder });
  expect([code, stderr]).toEqual([0, expect.stringContaining(SKIPPED)]);
});

it('rules diff, which reads twice, refuses a pipe', async () => {
  const rules = join(ROOT, 'rules');
  const { code, stderr } = await runCli(['rules', 'diff', rules, rules, '--log', 'a.log', 'a.pipe'], { cwd: folder });
  expect([code, stderr]).toEqual([2, 'sightline: --log: the logs are read twice, and a.pipe is no regular file\n']);
});

it('of what a folder holds beside files is told, too, unless the run is to be quiet', async () => {
  const [told, quiet] = await Promise.all([
    runCli(['batch', '.', '--dry-run', '--no-progress'], { cwd: folder }),
    runCli(['batch', '.', '--dry-run', '-q'], { cwd: folder }),
  ]);
  expect([told.code, told.stderr]).toEqual([0, expect.stringContaining(SKIPPED)]);
  expect([quiet.code, quiet.stderr, quiet.stdout]).toEqual([0, '', told.stdout]);
});

it.each(['0', '2'])('a pipe that is named is read from its beginning to its end, workers: %s', async (workers) => {
  writeFileSync(join(folder, 'line'), `${sampleLog()[0]}\n`);
  execFileSync('sh', ['-c', `yes "$(cat line)" | head -n 20000 > a.pipe &`], { cwd: folder, stdio: 'ignore' });
  const { code, stderr } = await runCli(['batch', 'a.pipe', '--dry-run', '--workers', workers], { cwd: folder });
  expect([code, stderr]).toEqual([
    0,
    expect.stringContaining('Read 20,000 lines in 1 file as combined: 20,000 entries'),
  ]);
});
