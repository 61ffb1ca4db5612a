import { spawnSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { logLine } from '../support/logs.ts';
import { ROOT, runCli } from '../support/run-cli.ts';

const LOG = `${logLine({ request: 'GET /.env HTTP/1.1' })}\n`;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-overwriting-'));
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'logs', 'access.log'), LOG);
  symlinkSync('access.log', join(folder, 'logs', 'soft'));
  linkSync(join(folder, 'logs', 'access.log'), join(folder, 'hard'));
});

const AS_INPUT = 'this run reads it as';
const AS_OUTPUT = 'writes the same file';

it.each<[string, string]>([
  ['batch logs/access.log --dry-run --hits logs/access.log', AS_INPUT],
  ['batch logs/access.log --dry-run --rejects logs/../logs/soft', AS_INPUT],
  ['batch logs/access.log --out hard', AS_INPUT],
  ['batch logs --dry-run --hits hard', AS_INPUT],
  ['batch logs/*.log --dry-run --hits hard', AS_INPUT],
  ['batch logs/access.log --dry-run --hits new --rejects ./logs/../new', AS_OUTPUT],
  ['batch logs/access.log --out new --hits new', AS_OUTPUT],
  ['batch logs/access.log --dry-run --state hard', AS_INPUT],
  ['batch logs/access.log --dry-run --state new.db --hits new.db', AS_OUTPUT],
  ['tail logs/access.log --dry-run --hits logs/access.log', AS_INPUT],
  ['tail logs/*.log --dry-run --hits hard', AS_INPUT],
  ['tail logs/*.log --dry-run --hits logs/hits.log', AS_INPUT],
  ['tail logs/later.log --dry-run --rejects logs/later.log', AS_INPUT],
  ['tail logs/access.log --dry-run --state new.db --rejects new.db', AS_OUTPUT],
  ['tail logs/access.log --dry-run --hits new --rejects new', AS_OUTPUT],
  ['batch logs/access.log --dry-run --hits -', 'expected a file'],
  ['tail logs/access.log --dry-run --rejects -', 'expected a file'],
])('%s leaves everything as it was', async (command, why) => {
  const { code, stdout, stderr } = await runCli(command.split(' '), { cwd: folder });
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(why) });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(readFileSync(join(folder, 'hard'), 'utf8')).toBe(LOG);
  expect(readdirSync(folder).sort()).toEqual(['hard', 'logs']);
  expect(readdirSync(join(folder, 'logs')).sort()).toEqual(['access.log', 'soft']);
});

it('knows the file that standard input comes from', () => {
  const stdio = [openSync(join(folder, 'hard'), 'r'), 'pipe', 'pipe'] as const;
  const args = [join(ROOT, 'dist', 'cli.js'), 'batch', '-', '--dry-run', '--hits', 'logs/access.log'];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', stdio: [...stdio] });
  expect([status, stderr]).toEqual([2, expect.stringContaining('reads it as standard input')]);
  expect(readFileSync(join(folder, 'hard'), 'utf8')).toBe(LOG);
});

it('lets everything go to one device', async () => {
  const args = ['batch', 'logs', '--dry-run', '--hits', '/dev/null', '--rejects', '/dev/null'];
  expect(await runCli(args, { cwd: folder })).toMatchObject({ code: 0 });
});
