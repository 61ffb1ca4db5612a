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
