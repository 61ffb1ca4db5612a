import { describe, expect, it } from 'vitest';
import { ctiaSink } from '../../src/deliver/deliver.ts';
import type { Incident } from '../../src/model/incident.ts';
import { FIRST, incidentOf, MINUTE_MS, ruleOf, sightingOf, totalOf } from '../compose/fixtures.ts';
import { clientOf, openWorld, PREFIX, parcelFor, type World } from './world.ts';

const shell = ruleOf({ id: 'shell', title: 'Shell command', level: 'critical', techniques: ['T1059'] });
const young = incidentOf({ rules: [totalOf({ rule: ruleOf({ techniques: ['T1190'] }) })] });
const grown: Incident = {
  ...young,
  level: 'critical',
  hits: 9,
  last: FIRST + 20 * MINUTE_MS,
  rules: [totalOf({ rule: shell }), ...young.rules],
  sightings: [sightingOf({ rule: shell, bucket: FIRST + 10 * MINUTE_MS })],
};

async function delivered({ client }: World): Promise<ReturnType<typeof ctiaSink>> {
  const sink = ctiaSink({ client, prefix: PREFIX });
  expect(await sink.send(parcelFor(young))).toMatchObject({ verdict: 'delivered' });
  return sink;
}

const incidentIn = ({ sandbox }: World) => {
  const [incident, ...more] = sandbox.entities('incident');
  expect(more).toEqual([]);
  return incident ?? {};
};
const patches = ({ sandbox }: World) => sandbox.requests().filter(({ method }) => method === 'PATCH').length;

describe('an incident that grows', () => {
  it('is brought up to date, and its new sightings are linked to it', async () => {
    const world = await openWorld();
    const sink = await delivered(world);
    const before = incidentIn(world);
    const receipt = await sink.send(parcelFor(grown));
    expect(receipt).toMatchObject({ verdict: 'delivered', reason: null });
    expect(receipt.entities.find(({ type }) => type === 'incident')).toMatchObject({ result: 'updated' });
    const after = incidentIn(world);
    expect(after).toMatchObject({ severity: 'Critical', techniques: ['T1059', 'T1190'], status: 'New', revision: 9 });
    expect(after.title).toContain('Shell command and 1 more');
    expect(after.description).toContain('Shell command');
    expect(after.incident_time).toEqual(before.incident_time);
    const edges = world.sandbox.entities('relationship').filter(({ relationship_type: type }) => type === 'member-of');
    expect(edges.map(({ target_ref }) => target_ref)).toEqual([after.id, after.id]);
    expect(new Set(edges.map(({ source_ref }) => source_ref)).size).toBe(2);
  });

  it('keeps what a person changed, and grows in all else', async () => {
    const world = await openWorld();
    const sink = await delivered(world);
    const { id } = incidentIn(world);
    const changes = { title: 'Ticket 4711', assignees: ['ann'], severity: 'Low', status: 'Open: Investigating' };
    await world.client.entities('incident').update(String(id), changes);
    await sink.send(parcelFor(grown));
    const after = incidentIn(world);
    expect(after).toMatchObject({ ...changes, techniques: ['T1059', 'T1190'] });
    expect(after.description).toContain('Shell command');
  });

  it('stays as it is when earlier states are sent again by another run', async () => {
    const world = await openWorld();
    await (await delivered(world)).send(parcelFor(grown));
    const before = incidentIn(world);
    world.sandbox.forgetRequests();
    const again = ctiaSink({ client: world.client, prefix: PREFIX });
    for (const incident of [young, grown]) {
      const { verdict, entities } = await again.send(parcelFor(incident));
      expect([verdict, new Set(entities.map(({ result }) => result))]).toEqual(['delivered', new Set(['exists'])]);
    }
    expect(incidentIn(world)).toEqual(before);
    expect(patches(world)).toBe(0);
  });

  it('is asked about once only while nothing changes', async () => {
    const world = await openWorld();
    const sink = await delivered(world);
    await sink.send(parcelFor(grown));
    world.sandbox.forgetRequests();
    await sink.send(parcelFor(grown));
    expect(world.sandbox.requests().map(({ method }) => method)).toEqual(['POST']);
  });

  it.each([
    ['reset-before', 'updated'],
    ['reset-after', 'updated'],
    ['truncated', 'updated'],
    ['bad-gateway', 'updated'],
    ['server-error', 'updated'],
    ['unauthorised', 'updated'],
    ['rate-limited:2', 'updated'],
  ])('is brought up to date in spite of %s', async (fault, result) => {
    const world = await openWorld();
    const sink = await delivered(world);
    world.sandbox.setFaults([`${fault},method=PATCH`, `${fault},method=GET,path=/ctia/incident`]);
    const receipt = await sink.send(parcelFor(grown));
    expect(receipt.entities.find(({ type }) => type === 'incident')).toMatchObject({ result });
    expect(receipt.verdict).toBe('delivered');
    expect(incidentIn(world)).toMatchObject({ severity: 'Critical' });
  });

  it('is reported with the reason when the server refuses the change, its sightings delivered', async () => {
    const world = await openWorld();
    const sink = await delivered(world);
    world.sandbox.setFaults(['forbidden,method=PATCH']);
    const receipt = await sink.send(parcelFor(grown));
    expect(receipt).toMatchObject({ verdict: 'partial', reason: expect.stringContaining('not brought up to date') });
    expect(world.sandbox.entities('sighting')).toHaveLength(2);
  });

  it('counts as undelivered when the server cannot be asked', async () => {
    const world = await openWorld();
    const sink = await delivered(world);
    world.sandbox.setFaults(['server-error,every=1,path=/ctia/incident']);
    expect(await sink.send(parcelFor(grown))).toMatchObject({ verdict: 'undelivered' });
    world.sandbox.setFaults([]);
    expect(await sink.send(parcelFor(grown))).toMatchObject({ verdict: 'delivered' });
    expect(incidentIn(world)).toMatchObject({ severity: 'Critical' });
  });
});

describe('ctiaSink against a server with faults', () => {
  it.each([
    'unauthorised',
    'rate-limited:3',
    'server-error',
    'bad-gateway',
    'reset-before',
    'reset-after',
    'truncated',
    'store-failure:2',
  ])('stores everything once in spite of %s', async (fault) => {
    const world = await openWorld();
    world.sandbox.setFaults([`${fault},path=/iroh/private-intel/bundle/import`]);
    const sink = ctiaSink({ client: world.client, prefix: PREFIX });
    expect(await sink.send(parcelFor(young))).toMatchObject({ verdict: 'delivered', reason: null });
    const counts = (['incident', 'sighting', 'indicator', 'relationship'] as const).map(
      (type) => world.sandbox.entities(type).length,
    );
    expect(counts).toEqual([1, 1, 1, 2]);
  });

  it('stores everything once when answers come too late', async () => {
    const { sandbox } = await openWorld();
    const client = clientOf(sandbox, { timeoutMs: 400 });
    sandbox.setFaults(['slow:800,path=/iroh/private-intel/bundle/import']);
    const sink = ctiaSink({ client, prefix: PREFIX });
    expect(await sink.send(parcelFor(young))).toMatchObject({ verdict: 'delivered' });
    expect([sandbox.entities('incident').length, sandbox.entities('relationship').length]).toEqual([1, 2]);
    await client.close();
  });
});
