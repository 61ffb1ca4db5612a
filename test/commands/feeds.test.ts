import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logLine } from '../support/logs.ts';
import { openTenant, type Tenant } from './support.ts';

let tenant: Tenant;
beforeAll(async () => {
  tenant = await openTenant();
  writeFileSync(
    join(tenant.folder, 'sightline.yaml'),
    [
      'allow: [{cidr: [8.8.4.0/24]}]',
      'targets: [{hostname: www.example.org, ip: [1.1.1.1]}]',
      'logs: {trusted_proxies: [9.9.9.9]}',
      'judgements: {enabled: true, verify_bots: false, never: [4.4.4.0/24]}',
    ].join('\n'),
  );
});
afterAll(() => tenant.sandbox.close());

describe('sightline feeds', () => {
  it('are not there before they are set up', async () => {
    expect((await tenant.run('feeds', 'list')).stdout).toContain('not set up');
    expect(await tenant.run('feeds', 'show', 'ip')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('setup'),
    });
  });

  it('are set up once, and their URLs are shown once', async () => {
    const first = await tenant.run('feeds', 'setup');
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('like passwords') });
    expect(first.stdout.match(/view\.txt\?s=/g)).toHaveLength(4);
    const second = await tenant.run('feeds', 'setup', '--json');
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(second.stdout).map(({ kind, url }: { kind: string; url: null }) => [kind, url])).toEqual([
      ['ip', null],
      ['ipv6', null],
      ['domain', null],
      ['url', null],
    ]);
    expect(tenant.sandbox.entities('feed')).toHaveLength(4);
    for (const args of [['list'], ['list', '--json']]) {
      expect((await tenant.run('feeds', ...args)).stdout).not.toContain('s=');
    }
  });

  it.each([
    ['ip', '185.220.101.5', '185.220.101.5'],
    ['ipv6', '2606:4700:0::1', '2606:4700::1'],
    ['domain', 'Evil.Example.', 'evil.example'],
    ['url', 'http://evil.example/x?a=b', 'http://evil.example/x?a=b'],
  ])('%s: add %s, and it is given out; remove it, and it is not', async (type, given, value) => {
    expect(await tenant.run('feeds', 'add', type, given, '--reason', 'seen')).toMatchObject({ code: 0 });
    expect((await tenant.run('feeds', 'show', type)).stdout).toBe(`${value}\n`);
    expect((await tenant.run('verdict', type, value)).stdout).toMatch(/Malicious/);
    expect(await tenant.run('feeds', 'remove', type, given)).toMatchObject({ code: 0 });
    expect((await tenant.run('feeds', 'show', type)).stdout).toBe('');
    expect(await tenant.run('feeds', 'remove', type, given)).toMatchObject({ code: 1 });
  });

  it.each([
    [['add', 'ip', '10.0.0.1', '--reason', 'x'], 'private'],
    [['add', 'ip', '8.8.4.4', '--reason', 'x'], 'allowed or own'],
    [['add', 'ip', '1.1.1.1', '--reason', 'x'], 'allowed or own'],
    [['add', 'ip', '9.9.9.9', '--reason', 'x'], 'allowed or own'],
    [['add', 'ip', '4.4.4.4', '--reason', 'x'], 'allowed or own'],
    [['add', 'url', 'http://127.0.0.1/x', '--reason', 'x'], 'loopback'],
    [['add', 'url', 'http://[::1]/x', '--reason', 'x'], 'loopback'],
    [['add', 'domain', 'www.example.org', '--reason', 'x'], 'a server of yours'],
    [['add', 'url', 'https://WWW.example.org/x', '--reason', 'x'], 'a server of yours'],
    [['add', 'ip', '2606:4700::1', '--reason', 'x'], 'of type ip'],
    [['add', 'domain', 'no_domain', '--reason', 'x'], 'of type domain'],
    [['add', 'url', 'ftp://h/', '--reason', 'x'], 'of type url'],
    [['add', 'url', 'http://bad.example/\n8.8.8.8', '--reason', 'x'], 'white space or control characters'],
    [['add', 'url', 'http://bad.example/ x', '--reason', 'x'], 'white space or control characters'],
    [['add', 'url', 'http://bad.example/\u0085x', '--reason', 'x'], 'white space or control characters'],
    [['add', 'ip', '8.8.8.8'], 'reason'],
    [['add', 'ip', '8.8.8.8', '--reason', 'x', '--days', '0'], '--days'],
    [['add', 'mac', 'x', '--reason', 'x'], 'Invalid values'],
  ])('refuses %j', async (args, reason) => {
    const { code, stderr } = await tenant.run('feeds', ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });
});

describe('judgements by sightline batch', () => {
  const attack = (client: string) =>
    logLine({
      client,
      time: Date.now() - 60_000,
      request: 'GET /item.php?id=1%27%20UNION%20SELECT%20user%2Cpassword%20FROM%20users--%20- HTTP/1.1',
    });

  it('puts attackers into the feed, but none who must not be judged', async () => {
    const clients = ['185.220.101.5', '10.0.0.9', '203.0.113.5', '4.4.4.4'];
    writeFileSync(join(tenant.folder, 'now.log'), `${clients.map(attack).join('\n')}\n`);
    const { code, stderr } = await tenant.run('batch', 'now.log');
    expect(code).toBe(0);
    expect(stderr).toContain('Judgements: 1 made, ');
    expect(stderr).toContain('1 not made, private');
    expect((await tenant.run('feeds', 'show', 'ip')).stdout).toBe('185.220.101.5\n');
    expect((await tenant.run('batch', 'now.log')).stderr).toContain('Judgements: 1 in force already');
  });
});

describe('sightline verdict', () => {
  it('prints JSON with the verdicts, null where there is none', async () => {
    const { stdout } = await tenant.run('verdict', 'ip', '185.220.101.5', '8.8.8.8', '--json');
    expect(JSON.parse(stdout)).toMatchObject([
      { value: '185.220.101.5', verdict: { disposition_name: 'Malicious' } },
      { value: '8.8.8.8', verdict: null },
    ]);
  });

  it('refuses a type that there is not', async () => {
    expect(await tenant.run('verdict', 'uri', 'x')).toMatchObject({ code: 2 });
  });
});
