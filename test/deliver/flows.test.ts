import { describe, expect, it } from 'vitest';
import { collectIncident, findIncident, removeEntities, type Stored } from '../../src/ctia/ctia.ts';
import {
  ctiaSink,
  FEED_KINDS,
  type IntelOptions,
  importAgain,
  judge,
  readFeed,
  setUpFeed,
  withdraw,
} from '../../src/deliver/deliver.ts';
import { incidentOf } from '../compose/fixtures.ts';
import { contentsOf, nameOf, openWorld, PREFIX, parcelFor, type World } from './world.ts';

/** Times of judgements: in the future of any clock, so that they are in force. */
const NOW = Date.now();
const YEAR_MS = 365 * 86_400_000;

const intel = ({ client }: World): IntelOptions => ({
  client,
  prefix: PREFIX,
  source: 'Sightline',
  tlp: 'amber',
  nameOf,
});
const sinkOf = ({ client }: World) => ctiaSink({ client, prefix: PREFIX });

async function theIncident({ client, sandbox }: World): Promise<Stored> {
  const found = await findIncident(client, String(sandbox.entities('incident')[0]?.id));
  if (found === null) throw new Error('the incident is not there');
  return found;
}

const judgeOne = (world: World) =>
  judge(
    {
      kind: 'ip',
      value: '203.0.113.9',
      reason: 'test',
      disposition: 'Malicious',
      severity: 'High',
      confidence: 'High',
      priority: 80,
      validFrom: NOW,
      validUntil: NOW + YEAR_MS,
      slackMs: 0,
    },
    { ...intel(world), sink: sinkOf(world), now: NOW },
  );

/** What people do, in a world that holds one incident; each says what came of it. */
const FLOWS: Readonly<Record<string, (world: World) => Promise<unknown>>> = {
  'delivering an incident again': async (world) => (await sinkOf(world).send(parcelFor(incidentOf()))).verdict,
  'listing incidents, page by page': async ({ client }) => {
    const titles: unknown[] = [];
    for await (const { title } of client.entities('incident').search({ status: 'New' }, { pageSize: 1 })) {
      titles.push(title);
    }
    return titles;
  },
  'showing an incident': async (world) => {
    const { entities, relationships, notes } = await collectIncident(world.client, await theIncident(world));
    return [[...entities.values()].map(({ title }) => title).sort(), relationships.length, notes.length];
  },
  'changing an incident': async (world) => {
    const { id } = await theIncident(world);
    const changed = await world.client.entities('incident').update(id, { severity: 'Low', assignees: ['ann'] });
    return [changed?.severity, changed?.assignees];
  },
  'setting its status': async (world) =>
    (await world.client.setIncidentStatus((await theIncident(world)).id, 'Hold'))?.status,
  'noting something on it': async (world) => {
    const { id } = await theIncident(world);
    const note = await world.client.entities('note').ensure({
      external_ids: [nameOf('note', ['x'])],
      note_class: 'default',
      content: 'seen',
      related_entities: [{ entity_type: 'incident', entity_id: id }],
    });
    return note.content;
  },
  'making a casebook': async ({ client }) =>
    (await client.entities('casebook').ensure({ external_ids: [nameOf('casebook', ['c'])], title: 'c' })).title,
  'importing an export': async (world) => {
    const { incident, entities, relationships } = await collectIncident(world.client, await theIncident(world));
    const ofType = (type: string) => [...entities.values()].filter((it) => it.type === type);
    const bundle = {
      source: 's',
      incidents: [incident],
      sightings: ofType('sighting'),
      indicators: ofType('indicator'),
      relationships,
    };
    const { leftOut, refused } = await importAgain(bundle, sinkOf(world), { prefix: PREFIX, nameOf });
    return [leftOut, refused];
  },
  'removing sightings': async ({ client }) => {
    const found: Stored[] = [];
    for await (const sighting of client.entities('sighting').search({ source: 'Sightline' })) found.push(sighting);
    // After a lost answer the ones that are gone count as removed by nobody.
    return (await removeEntities(client, 'sighting', found)).refused;
  },
  'setting up feeds': async (world) => {
    for (const kind of FEED_KINDS) await setUpFeed(kind, intel(world));
    return world.sandbox.entities('feed').length;
  },
  'judging and reading the feed': async (world) => {
    const { feed } = await setUpFeed('ip', intel(world));
    return [await judgeOne(world), await readFeed(feed, world.client)];
  },
  'asking for a verdict': async (world) => {
    await judgeOne(world);
    return (await world.client.verdict('ip', '203.0.113.9'))?.disposition_name;
  },
  'withdrawing a judgement': async (world) => {
    await judgeOne(world);
    await withdraw('ip', '203.0.113.9', 'over', { ...intel(world), now: NOW });
    return world.client.verdict('ip', '203.0.113.9');
  },
  'inspecting a text': ({ client }) => client.inspect('see 203.0.113.9'),
  'counting and measuring': async ({ client }) => [
    await client.entities('sighting').count({ source: 'Sightline' }),
    (await client.entities('incident').topn({ from: '2026-01-01T00:00:00Z', aggregateOn: 'source' })).type,
    (await client.averageInterval('new_to_opened', '2026-01-01T00:00:00Z')).type,
  ],
  'reading the history': async (world) =>
    (await world.client.history((await theIncident(world)).id)).map(({ count }) => count),
  'checking the set-up': async ({ client }) => [await client.status(), await client.scopes()],
};

async function seeded(): Promise<World> {
  const world = await openWorld();
  expect(await sinkOf(world).send(parcelFor(incidentOf()))).toMatchObject({ verdict: 'delivered' });
  world.sandbox.forgetRequests();
  return world;
}

describe.each(Object.entries(FLOWS))('%s', (_, flow) => {
  it.each([
    'unauthorised,skip=1',
    'rate-limited:2,every=2,times=4',
    'server-error,every=2,times=4',
    'bad-gateway,every=2,times=4',
    'reset-before,every=2,times=4',
    'reset-midway:1,every=2,times=4',
    'reset-after,every=2,times=4',
    'truncated,every=2,times=4',
    'slow:1,every=2,times=4',
    'store-failure:1,path=/iroh/private-intel',
  ])('comes out the same in spite of %s', async (fault) => {
    const clean = await seeded();
    const tried = await seeded();
    const expected = await flow(clean);
    tried.sandbox.setFaults([fault]);
    expect(await flow(tried)).toEqual(expected);
    expect(contentsOf(tried.sandbox)).toEqual(contentsOf(clean.sandbox));
  });
});
