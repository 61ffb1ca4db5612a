import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT, runCli } from './support/run-cli.ts';

const CLI = join(ROOT, 'dist', 'cli.js');
/** Where systems have theirs, whatever the project's own is. */
const SYSTEM_NODE = '/usr/bin/node';

const older = existsSync(SYSTEM_NODE) ? execFileSync(SYSTEM_NODE, ['--version'], { encoding: 'utf8' }).trim() : 'none';
const isOlder = Number.parseInt(older.slice(1), 10) < 24;

it.skipIf(!isOlder)(`with an older Node.js (here: ${older}) one line says which is needed`, () => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const least = engines.node.replace('>=', '');
  const { status, stdout, stderr } = spawnSync(SYSTEM_NODE, [CLI, '--help'], { encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: `sightline: Node.js ${least} or later is needed, and this is ${older}\n`,
  });
});

it('shows what a fault quotes without letting it drive the terminal, one fault a line', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'sightline-cli-'));
  writeFileSync(join(cwd, 'sightline.yaml'), '"a\\e[2Jb": 1\n"c\\u009b31m": 2\n');
  const { code, stderr } = await runCli(['batch', 'access.log', '--dry-run'], { cwd });
  expect(code).toBe(2);
  expect(stderr.split('\n')).toEqual([
    expect.stringMatching(/^sightline: sightline\.yaml:1:\d+: unknown key "a\\x1b\[2Jb"$/),
    expect.stringMatching(/^sightline\.yaml:2:\d+: unknown key "c\\x9b31m"$/),
    '',
  ]);
});

it.each([
  ['batch access.log --since 2026-11-21 --since 2026-11-22', '--since'],
  ['batch access.log --dry-run --hits a --hits b', '--hits'],
  ['batch access.log --state a --state b', '--state'],
  ['batch access.log --out a --out=b', '--out'],
  ['batch access.log --region eu --region us', '--region'],
  ['batch access.log --workers 1 --workers 2', '--workers'],
  ['tail --apache-config a --apache-config b', '--apache-config'],
  ['tail access.log --from start --from end', '--from'],
  ['rules list --level high --level low', '--level'],
])('%s is refused: there is no telling which is meant', async (command, option) => {
  expect(await runCli(command.split(' '))).toEqual({
    code: 2,
    stdout: '',
    stderr: `sightline: ${option} is given more than once: it takes one value\n`,
  });
});

it('takes options that are repeatable, and switches, more than once', async () => {
  const args = ['rules', 'list', '--tag', 'attack.t1190', '--tag', 'none', '--format', 'table'];
  expect(await runCli(args)).toEqual({ code: 0, stdout: 'No rules.\n', stderr: '' });
  expect(await runCli(['batch', '-', '--dry-run', '--dry-run', '-q', '-q'])).toMatchObject({ code: 0, stderr: '' });
});
