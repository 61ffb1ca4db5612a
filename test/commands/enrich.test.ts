import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { ctiaClient } from '../../src/ctia/ctia.ts';
import { sampleLog } from '../support/logs.ts';
import { openTenant, type Tenant } from './support.ts';

let tenant: Tenant;
afterEach(() => tenant.sandbox.close());

/** A tenant with the sample log, one of whose three attackers is known already. */
async function openInformed(enrich: string): Promise<void> {
  tenant = await openTenant();
  const { credentials, url } = tenant.sandbox;
  const client = ctiaClient({ credentials, irohUrl: url, ctiaUrl: url });
  await client.entities('judgement').create({
    observable: { type: 'ip', value: '203.0.113.5' },
    disposition_name: 'Malicious',
    severity: 'High',
    confidence: 'High',
    priority: 80,
    source: 'Honeypots',
    valid_time: { start_time: '2020-01-01T00:00:00.000Z' },
  });
  await client.close();
  configure(enrich);
  writeFileSync(join(tenant.folder, 'access.log'), `${sampleLog().join('\n')}\n`);
}

function configure(enrich: string): void {
  writeFileSync(join(tenant.folder, 'sightline.yaml'), `enrich: {${enrich}}\n`);
}

const noteCount = () => tenant.sandbox.entities('note').length;

it('notes what private intelligence knows, once, and sends no other host a token unasked', async () => {
  await openInformed('verdicts: true');
  const { code, stderr } = await tenant.run('batch', 'access.log');
  expect([code, stderr]).toEqual([
    0,
    expect.stringContaining('Enrichment: 1 note, 2 without anything known of the attacker\n'),
  ]);
  const [note] = tenant.sandbox.entities('note');
  const [related] = note?.related_entities as { entity_id: string }[];
  const shown = await tenant.run('incidents', 'show', String(related?.entity_id));
  expect(shown.stdout).toContain('What private intel knew of the attacker');
  expect(shown.stdout).toContain('Honeypots');
  expect((await tenant.run('batch', 'access.log')).stderr).toContain('Enrichment: 1 note');
  expect(noteCount()).toBe(1);
});

it('notes what global intelligence knows apart', async () => {
  await openInformed('verdicts: true');
  configure(`verdicts: true, global_intel_url: '${tenant.sandbox.url}'`);
  expect((await tenant.run('batch', 'access.log')).stderr).toContain('Enrichment: 2 notes, 4 without');
  expect(noteCount()).toBe(2);
  configure(`verdicts: true, global: false, global_intel_url: '${tenant.sandbox.url}'`);
  expect((await tenant.run('batch', 'access.log')).stderr).toContain('Enrichment: 1 note, 2 without');
});

it('delivers everything in spite of slow answers', async () => {
  await openInformed('verdicts: true, budget: 100ms');
  tenant.sandbox.setFaults(['slow:60000,times=99,path=/ctia/ip']);
  const { code, stderr } = await tenant.run('batch', 'access.log');
  expect([code, stderr]).toEqual([0, expect.stringContaining('Enrichment: ')]);
  expect(tenant.sandbox.entities('incident')).toHaveLength(3);
  expect(noteCount()).toBe(0);
});

it('leaves what it has not done when the run breaks off', async () => {
  await openInformed('verdicts: true, budget: 100ms');
  const config = ['enrich: {verdicts: true, budget: 100ms}', 'deliver: {undelivered_dir: access.log/none}'];
  writeFileSync(join(tenant.folder, 'sightline.yaml'), `${config.join('\n')}\n`);
  tenant.sandbox.setFaults(['slow:60000,times=99,path=/ctia/ip', 'forbidden,skip=1,times=99,path=/iroh/private-intel']);
  expect(await tenant.run('batch', 'access.log')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('it cannot be kept as access.log/none'),
  });
  expect(noteCount()).toBe(0);
});

it('asks nothing unless told to, nor in a dry run, whose bytes it does not change', async () => {
  await openInformed('verdicts: true');
  tenant.sandbox.forgetRequests();
  const enriched = await tenant.run('batch', 'access.log', '--dry-run');
  configure('verdicts: false');
  expect((await tenant.run('batch', 'access.log', '--dry-run')).stdout).toBe(enriched.stdout);
  expect(tenant.sandbox.requests()).toEqual([]);
  expect((await tenant.run('batch', 'access.log')).stderr).not.toContain('Enrichment');
  expect(noteCount()).toBe(0);
});
