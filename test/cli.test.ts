import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './support/run-cli.ts';

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
