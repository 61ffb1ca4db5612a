import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { logLine } from './support/logs.ts';
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

it.each([
  ['batch --dryrun access.log', '--dryrun (did you mean --dry-run?)'],
  ['batch access.log --no-progres --dry-run', '--no-progres (did you mean --no-progress?)'],
  ['batch access.log --log_format combined', '--log_format (did you mean --log-format?)'],
  ['incidents list --limi 3', '--limi (did you mean --limit?)'],
  ['incidents list --Limit 3', '--Limit (did you mean --limit?)'],
  ['incidents list --until 2026-11-22', '--until'],
  ['tail access.log --out x', '--out'],
  ['--versoin', '--versoin (did you mean --version?)'],
])('%s: the option is named, with what it was probably meant to be', async (command, option) => {
  const { code, stderr } = await runCli(command.split(' '));
  expect([code, stderr.split('\n')[0]]).toEqual([2, `sightline: Unknown option: ${option}`]);
});

it('tells of several options that there are not', async () => {
  const { stderr } = await runCli('batch --dryrun --foo x.log -- --bar'.split(' '));
  expect(stderr).toMatch(/^sightline: Unknown options: --dryrun \(did you mean --dry-run\?\), --foo\n/);
});

it.each([
  ['bacth --dry-run', 'Did you mean batch?'],
  ['incidents lst --limit 3', 'Did you mean list?'],
  ['sync stat --json', 'Did you mean status?'],
  ['foobar --dry-run', 'Unknown command: foobar'],
  ['incidents nonsense --limit 3', 'Unknown command: incidents nonsense'],
  ['status foo', 'Unknown argument: foo'],
])('%s: the command is what is wrong', async (command, message) => {
  const { code, stderr } = await runCli(command.split(' '));
  expect([code, stderr.split('\n')[0]]).toEqual([2, `sightline: ${message}`]);
});

it('takes an option in the form of a property for what it is', async () => {
  expect(await runCli('batch - --dryRun -q --no-progress'.split(' '))).toMatchObject({ code: 0, stderr: '' });
});

it.each([
  ['incidents list --limit abc', '--limit: expected a whole number of at least 1, got "abc"'],
  ['incidents list --limit=', '--limit: expected a whole number of at least 1, got ""'],
  ['incidents list --limit -3', '--limit: expected a whole number of at least 1, got "-3"'],
  ['batch access.log --workers 65', '--workers: expected a whole number from 0 to 64, got "65"'],
  ['sandbox --port http', '--port: expected a whole number from 0 to 65535, got "http"'],
  ['sandbox --rate-limit 1.5', '--rate-limit: expected a whole number of at least 1, got "1.5"'],
  ['feeds add ip 192.0.2.1 --reason x --days week', '--days: expected a whole number from 1 to 3650, got "week"'],
  ['rules test rules --log x --examples all', '--examples: expected a whole number of at least 0, got "all"'],
  ['outbox list --limit 9007199254740993', '--limit: expected a whole number of at least 1, got "9007199254740993"'],
])('%s is told with option, value and what is wanted', async (command, message) => {
  const { code, stderr } = await runCli(command.split(' '));
  expect([code, stderr.split('\n')[0]]).toEqual([2, `sightline: ${message}`]);
});

it.each([
  ['batch --dry-run -- -a.log b.log'],
  ['batch b.log --dry-run -- -a.log'],
  ['rules test --json --log b.log -- rules'],
])('takes what stands behind -- as it is: %s', async (command) => {
  const cwd = mkdtempSync(join(tmpdir(), 'sightline-cli-'));
  for (const name of ['-a.log', 'b.log']) writeFileSync(join(cwd, name), `${logLine()}\n`);
  symlinkSync(join(ROOT, 'rules'), join(cwd, 'rules'));
  const { code, stderr } = await runCli(command.split(' '), { cwd });
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^Read 2 lines in 2 files|fired on 1 line/)]);
});

it('wants the command before options, which take it for their value', async () => {
  const { code, stderr } = await runCli(['--dry-run', 'batch', 'access.log']);
  expect([code, stderr.split('\n')[0]]).toEqual([2, 'sightline: Name a command before its options.']);
});

it('goes on when nobody reads what it tells', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'sightline-cli-'));
  writeFileSync(join(cwd, 'access.log'), `${logLine()}\n`);
  const command = `mkdir empty; "${process.execPath}" "${CLI}" batch access.log --out out.jsonl --rules empty 2>&1 >/dev/null | true; echo "\${PIPESTATUS[0]}"`;
  expect(execFileSync('bash', ['-c', command], { cwd, encoding: 'utf8' })).toBe('0\n');
  expect(existsSync(join(cwd, 'out.jsonl'))).toBe(true);
});

it.each([
  ['batch access.log --dry-run=yes', '--dry-run is a switch: it takes no value, got "yes"'],
  ['batch access.log --dryRun=1', '--dryRun is a switch: it takes no value, got "1"'],
  ['batch access.log -q=no', '-q is a switch: it takes no value, got "no"'],
  ['clean --source x --yes=really', '--yes is a switch: it takes no value, got "really"'],
])('%s is refused, not taken for false', async (command, message) => {
  expect(await runCli(command.split(' '))).toEqual({ code: 2, stdout: '', stderr: `sightline: ${message}\n` });
});

it('takes true and false as values of a switch', async () => {
  expect(await runCli('batch - --dry-run=true -q --progress=false'.split(' '))).toMatchObject({ code: 0, stderr: '' });
});

it.each([
  ['batch --dry-run', 'batch <files...>'],
  ['incidents note some-id', 'incidents note <id> <text>'],
  ['feeds add ip', 'feeds add <type> <value>'],
])('%s: says what is missing by how it is used', async (command, usage) => {
  const { code, stderr } = await runCli(command.split(' '));
  expect([code, stderr.split('\n')[0]]).toEqual([2, `sightline: Something is missing: sightline ${usage}`]);
});
