import { describe, expect, it } from 'vitest';
import { type CtiaClient, collectIncident, findIncident, type Stored } from '../../src/ctia/ctia.ts';
import { nameOf, openWorld } from '../deliver/world.ts';

const TIME = '2026-01-01T00:00:00.000Z';
const incident = { status: 'New', confidence: 'High', incident_time: { opened: TIME }, title: 'one', tlp: 'amber' };

/** Imports entities whose relationships are given as `type source target`, by names. */
async function store(client: CtiaClient, entities: Readonly<Record<string, object[]>>, edges: readonly string[]) {
  const xids = (name: string) => ({ id: `transient:${name}`, external_ids: [nameOf('any', [name])] });
  const body = {
    source: 's',
    ...entities,
    relationships: edges.map((edge) => {
      const [relationship_type = '', source = '', target = ''] = edge.split(' ');
      return { ...xids(edge), relationship_type, source_ref: `transient:${source}`, target_ref: `transient:${target}` };
    }),
  };
  const receipts = await client.importBundle(JSON.stringify(body), { prefix: 'sightline-' });
  const ids = new Map(receipts.map(({ originalId, id }) => [String(originalId).replace('transient:', ''), String(id)]));
  return (name: string) => ids.get(name) ?? '';
}

const sighting = (name: string) => ({ id: `transient:${name}`, observed_time: { start_time: TIME }, title: name });
const indicator = (name: string) => ({ id: `transient:${name}`, producer: 'p', title: name });

async function graphOf(client: CtiaClient, id: string) {
  const found = await findIncident(client, id);
  if (found === null) throw new Error('not found');
  return collectIncident(client, found);
}

const titles = (entities: Iterable<Stored>) => [...entities].map(({ title }) => title).sort();

describe('collectIncident', () => {
  it('reaches what is more than one hop away, and no other incident’s sightings', async () => {
    const { client } = await openWorld();
    const pattern = { id: 'transient:a1', title: 'T1190', description: 'x', short_description: 'x' };
    const idOf = await store(
      client,
      {
        incidents: [
          { ...incident, id: 'transient:i1' },
          { ...incident, id: 'transient:i2' },
        ],
        sightings: [sighting('s1'), sighting('s2'), sighting('s3')],
        indicators: [indicator('n1')],
        attack_patterns: [pattern],
      },
      [
        'member-of s1 i1',
        'member-of s2 i1',
        'member-of s3 i2',
        'sighting-of s1 n1',
        'sighting-of s3 n1',
        'indicates n1 a1',
      ],
    );
    const { entities, relationships, notes } = await graphOf(client, idOf('i1'));
    expect(titles(entities.values())).toEqual(['T1190', 'n1', 's1', 's2']);
    expect(relationships.map(({ relationship_type: type }) => type).sort()).toEqual([
      'indicates',
      'member-of',
      'member-of',
      'sighting-of',
    ]);
    expect(notes).toEqual([]);
  });

  it('gets all of more relationships than an export gives', async () => {
    const { client } = await openWorld({ maxRelationships: 20 });
    const names = Array.from({ length: 130 }, (_, i) => `s${i}`);
    const idOf = await store(
      client,
      { incidents: [{ ...incident, id: 'transient:i1' }], sightings: names.map(sighting) },
      names.map((name) => `member-of ${name} i1`),
    );
    const { entities, relationships } = await graphOf(client, idOf('i1'));
    expect([entities.size, relationships.length]).toEqual([130, 130]);
  });

  it('is bounded', async () => {
    const { client } = await openWorld();
    const names = ['s1', 's2', 's3'];
    const idOf = await store(
      client,
      { incidents: [{ ...incident, id: 'transient:i1' }], sightings: names.map(sighting) },
      names.map((name) => `member-of ${name} i1`),
    );
    const found = await client.entities('incident').get(idOf('i1'));
    if (found === null) throw new Error('not found');
    const { entities, relationships } = await collectIncident(client, found, { maxParts: 6 });
    expect(entities.size + relationships.length).toBe(6);
    for (const maxParts of [5, 2]) {
      const refusal = { code: 'answer-too-large', message: expect.stringContaining(`answer above ${maxParts} `) };
      await expect(collectIncident(client, found, { maxParts })).rejects.toMatchObject(refusal);
    }
  });

  it('holds the notes about it', async () => {
    const { client } = await openWorld();
    const { id } = await client.entities('incident').create(incident);
    const note = {
      note_class: 'default',
      content: 'seen',
      related_entities: [{ entity_type: 'incident', entity_id: id }],
    };
    await client.entities('note').create(note);
    expect((await graphOf(client, id)).notes).toMatchObject([{ content: 'seen' }]);
  });
});

describe('findIncident', () => {
  it.each([
    ['long id', (id: string) => id],
    ['short id', (id: string) => id.slice(id.lastIndexOf('/') + 1)],
    ['UUID', (id: string) => id.slice(id.lastIndexOf('incident-') + 9)],
    ['external id', () => nameOf('incident', ['x'])],
  ])('finds it by %s', async (_, nameFor) => {
    const { client } = await openWorld();
    const { id } = await client.entities('incident').create({ ...incident, external_ids: [nameOf('incident', ['x'])] });
    expect(await findIncident(client, nameFor(id))).toMatchObject({ id });
  });

  it.each([
    'incident-00000000-0000-4000-8000-000000000000',
    'sighting-00000000-0000-4000-8000-000000000000',
    'no/such',
  ])('finds nothing for %s', async (text) => {
    expect(await findIncident((await openWorld()).client, text)).toBeNull();
  });
});
