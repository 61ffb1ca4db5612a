import { describe, expect, it, onTestFinished } from 'vitest';
import { type CtiaOptions, ctiaClient } from '../../src/ctia/ctia.ts';
import type { EntityReceipt } from '../../src/model/parcel.ts';
import { type EntityType, openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';

const PREFIX = 'acme-';
const TIME = '2026-01-01T00:00:00.000Z';
const named = (name: string) => ({ id: `transient:${PREFIX}${name}`, external_ids: [PREFIX + name], tlp: 'amber' });
const sighting = (name: string) => ({ ...named(name), observed_time: { start_time: TIME } });
const edge = (name: string, from: string, to: string) => ({
  ...named(name),
  relationship_type: 'member-of',
  source_ref: `transient:${PREFIX}${from}`,
  target_ref: `transient:${PREFIX}${to}`,
});
const SIGHTINGS = Array.from({ length: 50 }, (_, i) => `s${i}`);
const BUNDLE = JSON.stringify({
  type: 'bundle',
  source: 'test',
  incidents: [{ ...named('i'), status: 'New', confidence: 'High', incident_time: { opened: TIME } }],
  sightings: SIGHTINGS.map(sighting),
  relationships: SIGHTINGS.map((name) => edge(`r-${name}`, name, 'i')),
});
const TYPES = ['incident', 'sighting', 'relationship'] as const;
/** What one clean import leaves. */
const WHOLE = { incident: 1, sighting: 50, relationship: 50 };
const IMPORT = '/iroh/private-intel/bundle/import';

/** A sandbox with a client whose waiting takes no time, unless `sleep` says otherwise. */
async function open(options: Partial<CtiaOptions> = {}, sleep: (sandbox: Sandbox) => Promise<void> = async () => {}) {
  const sandbox = await openSandbox();
  let ahead = 0;
  const client = ctiaClient({
    credentials: sandbox.credentials,
    irohUrl: sandbox.url,
    ctiaUrl: sandbox.url,
    timing: {
      clock: () => Date.now() + ahead,
      random: () => 0.5,
      async sleep(ms) {
        ahead += ms;
        sandbox.advance(ms);
        await sleep(sandbox);
      },
    },
    ...options,
  });
  onTestFinished(async () => {
    await client.close();
    await sandbox.close();
  });
  return { sandbox, client };
}

function stored(sandbox: Sandbox): Readonly<Record<string, number>> {
  const distinct = (type: EntityType) => {
    const entities = sandbox.entities(type);
    expect(new Set(entities.map(({ external_ids: ids }) => String(ids))).size).toBe(entities.length);
    return entities.length;
  };
  return Object.fromEntries(TYPES.map((type) => [type, distinct(type)]));
}

const imports = (sandbox: Sandbox) =>
  sandbox
    .requests()
    .filter(({ path }) => path === IMPORT)
    .map(({ body }) => Object.values(JSON.parse(body)).filter(Array.isArray).flat().length);

const resultsOf = (receipts: readonly EntityReceipt[]) => [...new Set(receipts.map(({ result }) => result))].sort();

describe('an import whose answer is lost', () => {
  it.each([
    ['a reset before anything was written', 'reset-before', [101, 101], ['created']],
    ['a gateway’s 502', 'bad-gateway', [101, 101], ['created']],
    ['a 500', 'server-error', [101, 101], ['created']],
    ['a reset when all was written', 'reset-after', [101], ['exists']],
    ['an answer that breaks off', 'truncated', [101], ['exists']],
    // 1 incident and 9 sightings, then the rest: 41 sightings, 50 relationships, and the 10 that those refer to.
    ['a reset when part was written', 'reset-midway:10', [101, 101], ['created', 'exists']],
    // All but 20 relationships; those 20 go with their sightings and the incident.
    ['a reset near the end', 'reset-midway:81', [101, 41], ['created', 'exists']],
  ])('to %s is looked up, and only the rest is sent again', async (_, fault, sent, results) => {
    const { sandbox, client } = await open();
    sandbox.setFaults([`${fault},path=${IMPORT}`]);
    const receipts = await client.importBundle(BUNDLE, { prefix: PREFIX });
    expect(resultsOf(receipts)).toEqual(results);
    expect(imports(sandbox)).toEqual(sent);
    expect(stored(sandbox)).toEqual(WHOLE);
    const ids = new Set(TYPES.flatMap((type) => sandbox.entities(type).map(({ id }) => id)));
    expect(receipts.every(({ id }) => id !== null && ids.has(id))).toBe(true);
    expect(receipts.map(({ originalId }) => originalId)).toEqual(
      [...['i'], ...SIGHTINGS, ...SIGHTINGS.map((name) => `r-${name}`)].map((name) => `transient:${PREFIX}${name}`),
    );
  });

  it('asks for 40 external ids at a time, in the order of the types', async () => {
    const { sandbox, client } = await open();
    sandbox.setFaults([`reset-after,path=${IMPORT}`]);
    await client.importBundle(BUNDLE, { prefix: PREFIX });
    const searches = sandbox.requests().filter(({ method }) => method === 'GET');
    expect(searches.map(({ path }) => path)).toEqual([
      '/ctia/incident/search',
      '/ctia/sighting/search',
      '/ctia/sighting/search',
      '/ctia/relationship/search',
      '/ctia/relationship/search',
    ]);
    expect(searches[0]?.query.query).toEqual(['external_ids:("acme-i")']);
    expect(searches.map(({ query }) => query.query?.[0]?.match(/"acme-/g)?.length)).toEqual([1, 40, 10, 40, 10]);
  });

  it('keeps addresses short where external ids are long', async () => {
    const { sandbox, client } = await open();
    sandbox.setFaults([`reset-after,path=${IMPORT}`]);
    const sightings = SIGHTINGS.slice(0, 9).map((name) => sighting(`"${name}" OR \\ ${'ä'.repeat(100)}`));
    const receipts = await client.importBundle(JSON.stringify({ source: 'x', sightings }), { prefix: PREFIX });
    expect(resultsOf(receipts)).toEqual(['exists']);
    const searches = sandbox.requests().filter(({ method }) => method === 'GET');
    expect(searches.map(({ query }) => query.query?.[0]?.match(/"acme-/g)?.length)).toEqual([6, 3]);
  });

  it('is looked up when the answer takes longer than is waited for', async () => {
    const { sandbox, client } = await open({ timeoutMs: 300 });
    sandbox.setFaults([`slow:600,path=${IMPORT}`]);
    expect(resultsOf(await client.importBundle(BUNDLE, { prefix: PREFIX }))).toEqual(['exists']);
    expect(imports(sandbox)).toEqual([101]);
    expect(stored(sandbox)).toEqual(WHOLE);
  });

  it('is looked up until nothing more appears, so that a server still at work is not sent it again', async () => {
    let pauses = 0;
    // The first pause ends before the server has done anything, the second one when it has.
    const { sandbox, client } = await open({ timeoutMs: 300 }, async (server) => {
      if (++pauses === 2) await expect.poll(() => server.entities('relationship').length, { timeout: 20_000 }).toBe(50);
    });
    sandbox.setFaults([`late:1000,path=${IMPORT}`]);
    expect(resultsOf(await client.importBundle(BUNDLE, { prefix: PREFIX }))).toEqual(['exists']);
    expect(imports(sandbox)).toEqual([101]);
    expect(stored(sandbox)).toEqual(WHOLE);
    expect(pauses).toBe(2);
  });

  it('finds the one that was stored first when there are several', async () => {
    const { sandbox, client } = await open();
    const first = await client.entities('sighting').create(without(sighting('s0')));
    sandbox.advance(1000);
    await client.entities('sighting').create(without(sighting('s0')));
    sandbox.setFaults([`reset-before,path=${IMPORT}`]);
    const [receipt] = await client.importBundle(JSON.stringify({ source: 'x', sightings: [sighting('s0')] }), {
      prefix: PREFIX,
    });
    expect(receipt).toMatchObject({ result: 'exists', id: first.id });
  });

  it('goes by external ids with the prefix alone, as an import does', async () => {
    const { sandbox, client } = await open();
    await client.entities('sighting').create({ ...without(sighting('s0')), external_ids: ['other-1'] });
    sandbox.setFaults([`reset-before,path=${IMPORT}`]);
    const both = { ...sighting('s0'), external_ids: ['other-1', 'acme-s0'] };
    const body = JSON.stringify({ source: 'x', sightings: [both] });
    expect(resultsOf(await client.importBundle(body, { prefix: PREFIX }))).toEqual(['created']);
  });

  it('tells case apart, as an import does and a search does not', async () => {
    const { sandbox, client } = await open();
    await client.entities('sighting').create({ ...without(sighting('s0')), external_ids: ['acme-S0'] });
    sandbox.setFaults([`reset-before,path=${IMPORT}`]);
    const body = JSON.stringify({ source: 'x', sightings: [sighting('s0')] });
    expect(resultsOf(await client.importBundle(body, { prefix: PREFIX }))).toEqual(['created']);
    expect(sandbox.entities('sighting')).toHaveLength(2);
  });

  it('fails with the first failure, and how long to wait, when it cannot be looked up', async () => {
    const { sandbox, client } = await open();
    sandbox.setFaults([`reset-after,path=${IMPORT}`, 'rate-limited:3600,path=/ctia/incident/search']);
    await expect(client.importBundle(BUNDLE, { prefix: PREFIX })).rejects.toMatchObject({
      code: 'interrupted',
      phase: 'unanswered',
      retryAfterMs: 3_600_000,
      message: expect.stringMatching(/connection lost.*; what it did could not be looked up: .*3600 s/),
    });
    expect(imports(sandbox)).toEqual([101]);
  });

  it('fails when the server never comes to an end', async () => {
    let written = 0;
    const { sandbox, client } = await open({}, async () => {
      // A little more appears at every look.
      await client.entities('sighting').create(without(sighting(`s${written++}`)));
    });
    sandbox.setFaults([`reset-before,path=${IMPORT}`]);
    await expect(client.importBundle(BUNDLE, { prefix: PREFIX })).rejects.toMatchObject({
      code: 'interrupted',
      message: expect.stringContaining('still being carried out at look-up 10'),
    });
  });

  it('is given up when no attempt succeeds, with nothing written twice', async () => {
    const { sandbox, client } = await open();
    sandbox.setFaults([`reset-before,times=100,path=${IMPORT}`]);
    await expect(client.importBundle(BUNDLE, { prefix: PREFIX })).rejects.toMatchObject({
      code: 'interrupted',
      message: expect.stringContaining('given up after 6 attempts'),
    });
    expect(imports(sandbox)).toHaveLength(6);
    expect(stored(sandbox)).toEqual({ incident: 0, sighting: 0, relationship: 0 });
  });

  it('is lost for good where an entity has no external id to look for', async () => {
    const { sandbox, client } = await open();
    sandbox.setFaults([`reset-before,path=${IMPORT}`]);
    const { external_ids: _, ...nameless } = sighting('s0');
    const body = JSON.stringify({ source: 'x', sightings: [nameless] });
    await expect(client.importBundle(body, { prefix: PREFIX })).rejects.toMatchObject({ code: 'interrupted' });
    expect(imports(sandbox)).toEqual([1]);
  });
});

function without({ id: _, ...entity }: ReturnType<typeof sighting>): Record<string, unknown> {
  return entity;
}

it('an import for which there is no token was not sent: nothing is looked up, and the reason is told once', async () => {
  const { sandbox, client } = await open();
  sandbox.setFaults(['token-failure:503,times=99']);
  const failed = client.exclusively((importBundle) => importBundle(BUNDLE, { prefix: PREFIX }));
  await expect(failed).rejects.toMatchObject({
    code: 'server-error',
    phase: 'unsent',
    message: expect.stringMatching(/^POST [^;]*oauth2[^;]*; given up after 6 attempts$/),
  });
  expect(sandbox.requests()).toHaveLength(6);
});
