import { describe, expect, it } from 'vitest';
import { collectIncident, findIncident } from '../../src/ctia/ctia.ts';
import { ctiaSink, importAgain } from '../../src/deliver/deliver.ts';
import { incidentOf } from '../compose/fixtures.ts';
import { nameOf, openWorld, PREFIX, parcelFor, type World } from './world.ts';

const TYPES = ['incident', 'sighting', 'indicator', 'relationship', 'note'] as const;
const countsIn = ({ sandbox }: World) => TYPES.map((type) => sandbox.entities(type).length);

async function exported(world: World): Promise<Record<string, unknown[]>> {
  const [incident] = world.sandbox.entities('incident');
  const found = await findIncident(world.client, String(incident?.id));
  if (found === null) throw new Error('the incident is not there');
  const { entities, relationships, notes } = await collectIncident(world.client, found);
  const ofType = (type: string) => [...entities.values()].filter((it) => it.type === type);
  return {
    incidents: [found],
    sightings: ofType('sighting'),
    indicators: ofType('indicator'),
    relationships: [...relationships],
    notes: [...notes],
  };
}

async function withIncident(): Promise<World> {
  const world = await openWorld();
  const receipt = await ctiaSink({ client: world.client, prefix: PREFIX }).send(parcelFor(incidentOf()));
  const incident = receipt.entities.find(({ type }) => type === 'incident');
  await world.client.entities('note').create({
    note_class: 'default',
    content: 'looked at it',
    related_entities: [{ entity_type: 'incident', entity_id: incident?.id }],
    tlp: 'amber',
  });
  return world;
}

const importInto = ({ client }: World, bundle: Record<string, unknown>) =>
  importAgain({ source: 's', ...bundle }, ctiaSink({ client, prefix: PREFIX }), { prefix: PREFIX, nameOf });

describe('importAgain', () => {
  it('brings an exported incident into another tenant whole, with links that lead there, and only once', async () => {
    const bundle = await exported(await withIncident());
    const other = await openWorld();
    for (const result of ['created', 'exists']) {
      const { entities, leftOut, refused } = await importInto(other, bundle);
      expect([leftOut, refused]).toEqual([[], []]);
      expect(new Set(entities.map((it) => it.result))).toEqual(new Set([result]));
    }
    expect(countsIn(other)).toEqual([1, 1, 1, 2, 1]);
    const [incident] = other.sandbox.entities('incident');
    const ids = new Set(TYPES.flatMap((type) => other.sandbox.entities(type)).map(({ id }) => id));
    for (const { source_ref, target_ref } of other.sandbox.entities('relationship')) {
      expect([ids.has(source_ref), ids.has(target_ref)]).toEqual([true, true]);
    }
    expect(other.sandbox.entities('note')[0]?.related_entities).toEqual([
      { entity_type: 'incident', entity_id: incident?.id },
    ]);
  });

  it('adds nothing where it came from, but for the note that had no name', async () => {
    const world = await withIncident();
    const { refused } = await importInto(world, await exported(world));
    expect(refused).toEqual([]);
    expect(countsIn(world)).toEqual([1, 1, 1, 2, 2]);
  });

  it('imports a composed bundle, and brings a stored incident up to date by it', async () => {
    const world = await withIncident();
    const { body } = parcelFor(incidentOf({ hits: 9, level: 'critical' }));
    const { entities } = await importInto(world, JSON.parse(body));
    expect(entities.find(({ type }) => type === 'incident')).toMatchObject({ result: 'updated' });
    expect(world.sandbox.entities('incident')[0]).toMatchObject({ severity: 'Critical', revision: 9 });
  });

  it('imports more than one request may hold', async () => {
    const world = await openWorld();
    const sightings = Array.from({ length: 450 }, (_, i) => ({
      id: `transient:s${i}`,
      observed_time: { start_time: '2026-01-01T00:00:00.000Z' },
      count: i,
    }));
    const { entities, refused } = await importInto(world, { sightings });
    expect([entities.length, refused, countsIn(world)]).toEqual([450, [], [0, 450, 0, 0, 0]]);
  });

  it('tells what the server would not take', async () => {
    const world = await openWorld();
    const body = { sightings: [{ id: 'transient:s', observed_time: { start_time: '2026-01-01T00:00:00.000Z' } }] };
    world.sandbox.setFaults(['store-failure:1,times=2']);
    const { refused } = await importInto(world, body);
    expect(refused).toEqual([expect.stringContaining('1 of 1 entities were not taken: sighting transient:s')]);
  });

  it('stops where the server cannot be asked', async () => {
    const world = await withIncident();
    const bundle = await exported(world);
    world.sandbox.setFaults(['server-error,every=1']);
    await expect(importInto(world, bundle)).rejects.toMatchObject({ code: 'undelivered' });
  });
});
