import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { logLine, sampleLog } from '../support/logs.ts';
import { runCli } from '../support/run-cli.ts';
import { openTenant, type Tenant } from './support.ts';

async function newTenant(options: SandboxOptions = {}): Promise<Tenant> {
  const tenant = await openTenant(options);
  onTestFinished(() => tenant.sandbox.close());
  writeFileSync(join(tenant.folder, 'access.log'), sampleLog().join('\n'));
  return tenant;
}

const states = (stdout: string) =>
  Object.fromEntries(JSON.parse(stdout).map(({ check, state }: { check: string; state: string }) => [check, state]));
const client = { clientId: 'c', clientPassword: 'p', org: 'o', user: 'u' };

describe('sightline doctor', () => {
  it('finds nothing wrong where all is well', async () => {
    const tenant = await newTenant();
    const { code, stdout } = await tenant.run('doctor', 'access.log', '--json');
    expect(states(stdout)).toEqual({
      configuration: 'ok',
      region: 'ok',
      credentials: 'ok',
      connection: 'ok',
      token: 'ok',
      scopes: 'ok',
      clock: 'ok',
      rules: 'ok',
      'log files': 'ok',
    });
    expect(code).toBe(0);
    const told = (await tenant.run('doctor', 'access.log')).stdout;
    expect(told).toContain('access.log: 1 readable, format combined');
    expect(told).toContain(`us, by iroh, but at ${tenant.sandbox.url}\n`);
  });

  it.each<[string, string, SandboxOptions, string, string]>([
    [
      'a scope is missing',
      'scopes',
      { clients: [{ ...client, scopes: ['private-intel:read'] }] },
      'wrong',
      'private-intel',
    ],
    [
      'an optional scope is missing',
      'optional scopes',
      { clients: [{ ...client, scopes: ['private-intel'] }] },
      'warning',
      'inspect',
    ],
    ['the token is refused', 'token', { faults: ['token-failure:401,every=1'] }, 'wrong', 'password'],
    ['the server is ill', 'connection', { faults: ['bad-gateway,every=1,path=/ctia/version'] }, 'wrong', 'firewall'],
  ])('tells what to do when %s', async (_, check, options, state, advice) => {
    const tenant = await newTenant(options);
    const { code, stdout } = await tenant.run('doctor');
    expect(states((await tenant.run('doctor', '--json')).stdout)[check]).toBe(state);
    expect(stdout).toContain('do: ');
    expect(stdout).toContain(advice);
    expect(code).toBe(state === 'wrong' ? 1 : 0);
  });

  it('tells faults of the configuration with their places, and stops there', async () => {
    const tenant = await newTenant();
    writeFileSync(join(tenant.folder, 'sightline.yaml'), 'deliver: {region: mars}\nlogz: {}\n');
    const { code, stdout } = await tenant.run('doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/WRONG +configuration: sightline\.yaml:1:/);
    expect(stdout).toContain('unknown key "logz"');
    expect(stdout).not.toContain('connection');
  });

  it('tells that credentials are open to others, and goes on with the rest', async () => {
    const tenant = await newTenant();
    const file = join(tenant.folder, 'credentials');
    writeFileSync(file, 'client_id=a\nclient_password=b\n');
    chmodSync(file, 0o644);
    const { code, stdout } = await runCli(['doctor', '--credentials', file, join(tenant.folder, 'access.log')]);
    expect(code).toBe(1);
    expect(stdout).toContain('chmod 600');
    expect(stdout).toMatch(/ok +rules/);
    expect(stdout).toMatch(/ok +log files/);
  });

  it.each<[string, Buffer, RegExp]>([
    [
      'of a format of its own',
      Buffer.from(`${logLine()}\n`.replace(/^/, 'x|y|').repeat(30)),
      /WRONG +log files: odd\.log: 100\.0% of its beginning \(30 lines\) is not combined; line 1, not-this-format: x\|y\|.*\n +do: give the LogFormat string of the server as logs\.format/,
    ],
    ['of UTF-16', Buffer.from(`${logLine()}\n`.repeat(30), 'utf16le'), /WRONG +log files: odd\.log: .*not-this-format/],
    [
      'cut off',
      gzipSync(`${logLine()}\n`.repeat(30)).subarray(0, -12),
      /WRONG +log files: cannot read odd\.log to its end/,
    ],
  ])('tells of a log that is %s', async (_, contents, message) => {
    const tenant = await newTenant();
    writeFileSync(join(tenant.folder, 'odd.log'), contents);
    const { code, stdout } = await tenant.run('doctor', '*.log');
    expect([code, stdout]).toEqual([1, expect.stringMatching(message)]);
    expect(stdout).not.toContain('\u0000');
  });

  it('reads a log in the format that is set', async () => {
    const tenant = await newTenant();
    writeFileSync(join(tenant.folder, 'odd.log'), `x|${logLine()}\n`);
    writeFileSync(
      join(tenant.folder, 'sightline.yaml'),
      `logs: {format: 'x|%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'}\n`,
    );
    const { code, stdout } = await tenant.run('doctor', 'odd.log');
    expect([code, stdout]).toEqual([0, expect.stringContaining('odd.log: 1 readable, format x|%h')]);
  });

  it('tells which rules and which logs are no good', async () => {
    const tenant = await newTenant();
    mkdirSync(join(tenant.folder, 'rules'));
    writeFileSync(join(tenant.folder, 'rules', 'bad.yml'), 'title: x\n');
    writeFileSync(join(tenant.folder, 'sightline.yaml'), 'rules: {folders: [rules]}\n');
    const { code, stdout } = await tenant.run('doctor', 'access.log', 'none.log');
    expect(code).toBe(1);
    expect(stdout).toMatch(/WRONG +rules: .*bad\.yml/);
    expect(stdout).toMatch(/WRONG +log files: .*none\.log/);
    expect(stdout).toMatch(/ok +log files: access\.log/);
  });
});
