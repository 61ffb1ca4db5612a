import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countsIn, openFilledTenant, openTenant, type Tenant } from './support.ts';

const GUESSER = '198.51.100.7';

let tenant: Tenant;
beforeAll(async () => {
  tenant = await openFilledTenant();
});
afterAll(() => tenant.sandbox.close());

const incidentOf = ({ sandbox }: Tenant, attacker: string) => {
  const incident = sandbox.entities('incident').find(({ title }) => String(title).includes(attacker));
  return { ...incident, id: String(incident?.id), xid: String([incident?.external_ids].flat()[0]) };
};

describe('sightline incidents list', () => {
  it('lists incidents for a person', async () => {
    const { code, stdout, stderr } = await tenant.run('incidents', 'list');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')[0]).toMatch(/^CREATED +SEVERITY +STATUS +ID +TITLE$/);
    for (const attacker of [GUESSER, '203.0.113.5', '2001:db8:5::/64']) expect(stdout).toContain(attacker);
  });

  it.each([
    ['--limit', '2', 2],
    ['--status', 'New', 3],
    ['--status', 'Closed', 0],
    ['--source', 'Sightline', 3],
    ['--source', 'Other', 0],
    ['--assignee', 'nobody', 0],
    ['--since', '2000-01-01', 3],
    ['--since', '2524-01-01', 0],
  ])('%s %s gives %i', async (option, value, count) => {
    const { code, stdout } = await tenant.run('incidents', 'list', option, value, '--json');
    expect([code, JSON.parse(stdout).length]).toEqual([0, count]);
  });

  it('--query looks for words in the text', async () => {
    const { stdout } = await tenant.run('incidents', 'list', '--query', 'Log4Shell', '--json');
    expect(JSON.parse(stdout).map(({ title }: { title: string }) => title)).toEqual([
      expect.stringContaining('2001:db8:5::/64'),
    ]);
  });

  it('says so when there are none', async () => {
    expect(await tenant.run('incidents', 'list', '--status', 'Rejected')).toEqual({
      code: 0,
      stdout: 'No incidents.\n',
      stderr: '',
    });
  });
});

describe('sightline incidents show', () => {
  it('shows an incident with all that hangs on it', async () => {
    const { code, stdout } = await tenant.run('incidents', 'show', incidentOf(tenant, '203.0.113.5').xid);
    expect(code).toBe(0);
    for (const part of [
      'Severity',
      'Description',
      'Sightings (',
      'observables: ip 203.0.113.5',
      'targets: endpoint.server',
      'hostname www.example.org',
      'relations: 203.0.113.5 Connected_To',
      'indicators: ',
      'Indicators (',
      'Time line',
      'incident reported to the server',
    ]) {
      expect(stdout).toContain(part);
    }
  });

  it.each(['id', 'xid'] as const)('prints JSON, found by its %s', async (key) => {
    const incident = incidentOf(tenant, GUESSER);
    const { stdout } = await tenant.run('incidents', 'show', incident[key], '--json');
    const { incident: shown, entities, relationships } = JSON.parse(stdout);
    expect(shown.id).toBe(incident.id);
    expect(entities.length).toBeGreaterThan(0);
    expect(relationships.length).toBeGreaterThan(0);
  });

  it('fails for what is not there', async () => {
    const { code, stderr } = await tenant.run('incidents', 'show', 'no-such');
    expect([code, stderr]).toEqual([1, expect.stringContaining('there is no incident no-such')]);
  });

  it('shows hostile text as text', async () => {
    const other = await openTenant();
    const incident = {
      title: 'a\u001b[2Jb',
      confidence: 'Low',
      status: 'New',
      incident_time: { opened: '2026-01-01' },
    };
    writeFileSync(
      join(other.folder, 'b.json'),
      JSON.stringify({ source: 'x', incidents: [{ ...incident, tlp: 'amber' }] }),
    );
    await other.run('incidents', 'import', 'b.json');
    const id = String(other.sandbox.entities('incident')[0]?.id);
    const outputs = await Promise.all([
      other.run('incidents', 'list'),
      other.run('incidents', 'show', id),
      other.run('incidents', 'show', id, '--json'),
    ]);
    for (const { stdout } of outputs) {
      expect(stdout).toMatch(/a\\(?:x1b|u001b)\[2Jb/);
      expect(stdout).not.toContain('\u001b');
    }
    await other.sandbox.close();
  });
});

describe('sightline incidents update, note and link', () => {
  it('changes status and severity, and adds assignees to those that there are', async () => {
    const { id } = incidentOf(tenant, GUESSER);
    await tenant.run('incidents', 'update', id, '--assign', 'ann');
    const { code, stdout } = await tenant.run(
      ...['incidents', 'update', id, '--status', 'Open: Investigating', '--severity', 'Low', '--assign', 'bob'],
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining('Open: Investigating, Low, assigned to ann, bob')]);
    expect(incidentOf(tenant, GUESSER)).toMatchObject({
      status: 'Open: Investigating',
      severity: 'Low',
      assignees: ['ann', 'bob'],
    });
  });

  it.each([
    [['update', 'x'], 'at least one of'],
    [['update', 'x', '--status', 'Done'], 'Invalid values'],
    [['list', '--limit', '0'], '--limit'],
    [['list', '--since', 'yesterday'], '--since'],
    [['note', 'x', ' '], '1 to 5000'],
    [[], 'Name what to do'],
    [['show', 'x', '--region', 'mars'], '--region'],
  ])('refuses %j', async (args, reason) => {
    const { code, stderr } = await tenant.run('incidents', ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });

  it('adds a note, once in spite of a lost answer, and shows it', async () => {
    const { id } = incidentOf(tenant, GUESSER);
    tenant.sandbox.setFaults(['reset-after,method=POST,path=/ctia/note']);
    expect(await tenant.run('incidents', 'note', id, 'looked at it')).toMatchObject({ code: 0 });
    expect(tenant.sandbox.entities('note')).toMatchObject([{ content: 'looked at it' }]);
    expect((await tenant.run('incidents', 'show', id)).stdout).toContain('note: looked at it');
  });

  it.each([
    ['', 'linked to'],
    ['reset-after,method=POST,path=/ctia/incident', 'linked to'],
  ])('links a casebook once (fault: %s)', async (fault, said) => {
    const { id } = incidentOf(tenant, GUESSER);
    const body = JSON.stringify({ title: 'Case', tlp: 'amber' });
    const casebook = await postAsClient(tenant, '/ctia/casebook', body);
    tenant.sandbox.setFaults(fault === '' ? [] : [fault]);
    const link = () => tenant.run('incidents', 'link', id, '--casebook', casebook);
    expect((await link()).stdout).toContain(said);
    expect((await link()).stdout).toContain('was linked already');
    const edges = tenant.sandbox.entities('relationship').filter(({ source_ref }) => source_ref === casebook);
    expect(edges).toHaveLength(1);
    expect((await tenant.run('incidents', 'show', id)).stdout).toContain('Casebooks (');
  });

  it('does not link a casebook that is not there', async () => {
    const { id } = incidentOf(tenant, GUESSER);
    const missing = 'casebook-00000000-0000-4000-8000-000000000000';
    expect(await tenant.run('incidents', 'link', id, '--casebook', missing)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no casebook'),
    });
  });
});

describe('sightline incidents delete, export and import', () => {
  it('counts first, deletes with --yes, and leaves the other incidents whole', async () => {
    const own = await openFilledTenant();
    const before = countsIn(own);
    const [first, other] = [incidentOf(own, GUESSER), incidentOf(own, '203.0.113.5')];
    const otherBefore = (await own.run('incidents', 'show', other.id, '--json')).stdout;
    const dry = await own.run('incidents', 'delete', first.id);
    expect(dry).toMatchObject({ code: 0, stderr: expect.stringContaining('--yes') });
    expect(dry.stdout).toContain('would delete 1 incident\n');
    expect(countsIn(own)).toEqual(before);

    const exported = await own.run('incidents', 'export', first.id);
    expect(await own.run('incidents', 'delete', first.id, '--yes')).toMatchObject({ code: 0, stderr: '' });
    expect(countsIn(own)).toMatchObject({ incident: 2, indicator: before.indicator });
    expect((await own.run('incidents', 'show', other.id, '--json')).stdout).toBe(otherBefore);

    const again = await own.runWithInput(exported.stdout, 'incidents', 'import', '-');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('incident created: 1') });
    expect(countsIn(own)).toEqual(before);
    await own.sandbox.close();
  });

  it('deletes nothing when one of the incidents is not ours', async () => {
    const foreign = await postAsClient(
      tenant,
      '/ctia/incident',
      JSON.stringify({ confidence: 'Low', status: 'New', incident_time: { opened: '2026-01-01' }, tlp: 'amber' }),
    );
    const before = countsIn(tenant);
    const { code, stderr } = await tenant.run('incidents', 'delete', incidentOf(tenant, GUESSER).id, foreign, '--yes');
    expect([code, stderr]).toEqual([1, expect.stringContaining('is not ours')]);
    expect(countsIn(tenant)).toEqual(before);
  });

  it('says with its exit code that an incident was left out for its faults', async () => {
    const other = await openTenant();
    const log = join(tenant.folder, 'access.log');
    const { stdout } = await tenant.run('batch', log, '--dry-run');
    const bundle = JSON.parse(stdout.split('\n')[0] ?? '');
    bundle.incidents[0].title = 'x'.repeat(1100);
    const faulty = await other.runWithInput(JSON.stringify(bundle), 'incidents', 'import', '-');
    expect([faulty.code, faulty.stderr]).toEqual([1, expect.stringMatching(/^left out: incident .*: title: /m)]);
    const withCasebook = { type: 'bundle', source: 's', casebooks: [{ id: 'casebook-1', title: 'x' }] };
    const untaken = await other.runWithInput(JSON.stringify(withCasebook), 'incidents', 'import', '-');
    expect([untaken.code, untaken.stderr]).toEqual([0, expect.stringContaining('an import takes no such entity')]);
    await other.sandbox.close();
  });

  it('imports the bundles that a run wrote to a file', async () => {
    const other = await openTenant();
    await tenant.run('batch', 'access.log', '--out', join(other.folder, 'out.jsonl'));
    const { code, stdout } = await other.run('incidents', 'import', 'out.jsonl');
    expect([code, stdout]).toEqual([0, expect.stringContaining('incident created: 3')]);
    await other.sandbox.close();
  });

  it.each([
    ['no JSON', 'hello'],
    ['no bundle', '[1]'],
  ])('refuses a file that is %s', async (_, content) => {
    expect(await tenant.runWithInput(content, 'incidents', 'import', '-')).toMatchObject({ code: 2 });
  });

  it('refuses a file that is not there', async () => {
    expect(await tenant.run('incidents', 'import', 'none.json')).toMatchObject({ code: 2 });
  });

  it('tells what was left out and what the server refused', async () => {
    const other = await openTenant();
    other.sandbox.setFaults(['store-failure:1,times=2']);
    const bundle = {
      source: 'x',
      casebooks: [{ id: 'c' }],
      sightings: [{ observed_time: { start_time: '2026-01-01T00:00:00Z' } }],
    };
    const { code, stderr } = await other.runWithInput(JSON.stringify(bundle), 'incidents', 'import', '-');
    expect(code).toBe(1);
    expect(stderr).toContain('left out: casebook c');
    expect(stderr).toContain('not imported: ');
    await other.sandbox.close();
  });
});

it('a command fails with the reason when the server cannot be reached', async () => {
  const gone = await openTenant();
  await gone.sandbox.close();
  writeFileSync(join(gone.folder, 'sightline.yaml'), 'deliver: {max_wait: 1ms}\n');
  const { code, stderr } = await gone.run('incidents', 'list');
  expect([code, stderr]).toEqual([1, expect.stringContaining('no connection')]);
});

/** Stores something by the API itself, as another program would; says its id. */
async function postAsClient({ sandbox }: Tenant, path: string, body: string): Promise<string> {
  const { clientId, clientPassword } = sandbox.credentials;
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientPassword}`).toString('base64')}`;
  const token = await fetch(`${sandbox.url}/iroh/oauth2/token`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  const { access_token: bearer } = (await token.json()) as { access_token: string };
  const answer = await fetch(`${sandbox.url}${path}?wait_for=true`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body,
  });
  return ((await answer.json()) as { id: string }).id;
}
