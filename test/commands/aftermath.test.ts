import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logLine } from '../support/logs.ts';
import { countsIn, openTenant, type Tenant } from './support.ts';

const ATTACK = `${logLine({
  client: '185.220.101.5',
  time: Date.now() - 60_000,
  request: 'GET /item.php?id=1%27%20UNION%20SELECT%20user%2Cpassword%20FROM%20users--%20- HTTP/1.1',
})}\n`;
const NO_INTEL = ['forbidden,times=999,path=/ctia/ip', 'forbidden,times=999,path=/ctia/judgement'];

let tenant: Tenant;
beforeEach(async () => {
  tenant = await openTenant();
  writeFileSync(join(tenant.folder, 'access.log'), ATTACK);
  writeFileSync(join(tenant.folder, 'sightline.yaml'), 'judgements: {enabled: true}\nenrich: {verdicts: true}\n');
  tenant.sandbox.setFaults(NO_INTEL);
});
afterEach(() => tenant.sandbox.close());

describe('judging and enriching that fail after an incident is delivered', () => {
  it('is told of by batch --state, and made up for by the next run', async () => {
    const run = () => tenant.run('batch', 'access.log', '--state', 'state.db');
    const failed = await run();
    expect(failed.stderr).toMatch(/^Judgements: 1 failed \(.*403.*\)$/m);
    expect(failed.stderr).toMatch(/^Enrichment: 1 failed \(.*403.*\)$/m);
    expect(countsIn(tenant)).toMatchObject({ incident: 1, judgement: 0 });
    tenant.sandbox.setFaults([]);
    expect((await run()).stderr).toContain('Judgements: 1 made\n');
    expect((await run()).stderr).toContain('Judgements: none\n');
    expect(countsIn(tenant)).toMatchObject({ incident: 1, judgement: 1 });
  });

  it('is told of by tail, and made up for by the next start', async () => {
    const args = ['tail', '-', '--state', 'state.db', '--quiet'];
    const { stderr } = await tenant.runWithInput(ATTACK, ...args);
    const logs = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(logs).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          level: 'warn',
          msg: expect.stringMatching(/^an attacker is not judged, which is tried again: .*403/),
          address: '185.220.101.5',
        }),
        expect.objectContaining({
          level: 'warn',
          msg: expect.stringMatching(/^an incident gets no note .*: private intel: .*403/),
        }),
      ]),
    );
    expect(countsIn(tenant)).toMatchObject({ incident: 1, judgement: 0 });
    tenant.sandbox.setFaults([]);
    expect(await tenant.runWithInput('', ...args)).toMatchObject({ code: 0, stderr: '' });
    expect(countsIn(tenant)).toMatchObject({ incident: 1, judgement: 1 });
  });
});
