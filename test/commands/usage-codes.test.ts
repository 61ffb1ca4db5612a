import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { logLine } from '../support/logs.ts';
import { runCli } from '../support/run-cli.ts';

const CREDENTIALS = { SIGHTLINE_CLIENT_ID: 'client-x', SIGHTLINE_CLIENT_PASSWORD: 'x' };
const WEBHOOK = 'sync: {system: {kind: webhook, url: "https://tickets.example.org/hook"}}';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-usage-'));
  writeFileSync(join(folder, 'access.log'), `${logLine()}\n`);
  writeFileSync(join(folder, 'open'), 'client_id=client-x\nclient_password=x\n');
  chmodSync(join(folder, 'open'), 0o644);
});

// A service whose unit has RestartPreventExitStatus=2 would be started again for ever.
it.each<[string, string, Record<string, string>, string]>([
  ['plain http', 'deliver: {private_intel_url: "http://ctia.example.org"}', {}, 'must be https'],
  ['an authority that is not there', 'deliver: {ca_file: none.pem}', {}, 'cannot read the certificates in none.pem'],
  ['an authority that is none', 'deliver: {ca_file: access.log}', {}, 'holds no PEM certificate'],
  ['a base with credentials', 'deliver: {iroh_url: "https://a:b@iroh.example.org"}', {}, 'must hold no credentials'],
  ['a proxy that is none', '', { HTTPS_PROXY: 'nonsense' }, 'a proxy must look like'],
])('%s is a mistake in the configuration', async (_, yaml, environment, message) => {
  writeFileSync(join(folder, 'sightline.yaml'), `${yaml}\n`);
  const env = { ...CREDENTIALS, ...environment };
  const { code, stderr } = await runCli(['batch', 'access.log'], { cwd: folder, env });
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});

it.each([
  ['batch access.log --dry-run --rules access.log', 'access.log holds no rules'],
  ['batch access.log --dry-run --no-default-rules', 'no rule to run: name a folder'],
  ['batch access.log --dry-run --no-default-rules --rules empty', 'no rule to run in empty: name a folder'],
  ['batch access.log --dry-run --no-default-rules --state state.db', 'no rule to run'],
  ['tail access.log --dry-run --no-default-rules', 'no rule to run'],
  ['rules list empty', 'no rule to run in empty: name a folder of rules'],
  ['rules test empty --log access.log', 'no rule to run in empty'],
  ['rules diff empty empty --log access.log', 'no rule to run in empty'],
  ['explain x --no-default-rules', 'no rule to run: name a folder'],
])('so is a run that finds nothing for want of rules: %s', async (command, message) => {
  mkdirSync(join(folder, 'empty'));
  const { code, stderr } = await runCli(command.split(' '), { cwd: folder });
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});

it.each([
  ['random text', 'what is this\n', 1, 'not one line is an entry'],
  ['UTF-16', Buffer.from(`${logLine()}\n`, 'utf16le').toString('latin1'), 1, 'not one line is an entry'],
  ['a log with a damaged line', `${logLine()}\nwhat is this\n`, 0, ''],
  ['nothing', '\n', 0, ''],
])('a run over %s tells whether it was a log, quiet or not', async (_, text, expected, message) => {
  writeFileSync(join(folder, 'other.log'), text, 'latin1');
  const { code, stderr } = await runCli(['batch', 'other.log', '--dry-run', '-q'], { cwd: folder });
  expect([code, stderr.includes(message), stderr === '']).toEqual([expected, true, expected === 0]);
});

it('a folder without rules beside others is told of, no more', async () => {
  mkdirSync(join(folder, 'empty'));
  const args = ['batch', 'access.log', '--dry-run', '--rules', 'empty'];
  const run = await runCli(args, { cwd: folder });
  expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining('empty: warning: no rules are here') });
  expect(await runCli([...args, '-q'], { cwd: folder })).toMatchObject({ code: 0, stderr: '' });
});

it.each([
  ['--since 2026-11-23 --until 2026-11-22', 'must be before --until 2026-11-22'],
  ['--until 2026-11-22 --since 2026-11-22', 'must be before'],
  ['--since 2026-02-31', 'got "2026-02-31"'],
  ['--state state.db --until 2026-04-31T10:00:00Z', 'got "2026-04-31T10:00:00Z"'],
])('so is a time that cannot be: %s', async (options, message) => {
  const { code, stderr } = await runCli(['batch', 'access.log', '--dry-run', ...options.split(' ')], { cwd: folder });
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});

it('so are credentials that others may read', async () => {
  const { code, stderr } = await runCli(['batch', 'access.log', '--credentials', 'open'], { cwd: folder });
  expect([code, stderr]).toEqual([2, expect.stringContaining('may be read by others (mode 0644)')]);
});

it.each<[string, string, Record<string, string>, RegExp]>([
  ['no secret', WEBHOOK, {}, /secret/],
  ['a secret that is too short', WEBHOOK, { SIGHTLINE_TICKET_SECRET: 'short' }, /16 bytes/],
  [
    'a ticket system by plain http',
    WEBHOOK.replace('https:', 'http:'),
    { SIGHTLINE_TICKET_SECRET: 'x'.repeat(32) },
    /must be https/,
  ],
])('so is, for sync, %s', async (_, yaml, environment, message) => {
  writeFileSync(join(folder, 'sightline.yaml'), `${yaml}\n`);
  const env = { ...CREDENTIALS, ...environment };
  const { code, stderr } = await runCli(['sync', '--once', '--state', 'sync.db'], { cwd: folder, env });
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});
