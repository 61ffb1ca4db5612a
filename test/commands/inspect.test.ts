import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { openTenant, type Tenant } from './support.ts';

let tenant: Tenant;
beforeAll(async () => {
  tenant = await openTenant();
});
afterAll(() => tenant.sandbox.close());

const TEXT = 'seen 203.0.113.9 and http://bad.example/x';

it.each([
  ['by the server', []],
  ['locally', ['--local']],
])('finds observables %s', async (_, options) => {
  tenant.sandbox.forgetRequests();
  const { code, stdout, stderr } = await tenant.run('inspect', TEXT, ...options);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('203[.]0[.]113[.]9');
  expect(stdout).toContain('hxxp://bad[.]example/x');
  expect(tenant.sandbox.requests().some(({ path }) => path.endsWith('/inspect'))).toBe(options.length === 0);
});

it('reads standard input, and prints values as they are in JSON', async () => {
  const { stdout } = await tenant.runWithInput(TEXT, 'inspect', '--local', '--json');
  expect(JSON.parse(stdout)).toEqual([
    { type: 'ip', value: '203.0.113.9' },
    { type: 'url', value: 'http://bad.example/x' },
  ]);
});

it('says that it read the text itself when there are no credentials', async () => {
  const { code, stdout, stderr } = await runCli(['inspect', TEXT]);
  expect([code, stderr]).toEqual([0, expect.stringContaining('read locally')]);
  expect(stdout).toContain('203[.]0[.]113[.]9');
});

it('says so when it finds nothing', async () => {
  expect((await tenant.run('inspect', 'hello', '--local')).stdout).toBe('No observables.\n');
});

it('refuses more text than the server takes', async () => {
  expect(await tenant.runWithInput('x'.repeat(1_000_001), 'inspect')).toMatchObject({ code: 2 });
});
