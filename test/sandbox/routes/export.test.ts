import { describe, expect, it } from 'vitest';
import type { SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import { type Api, apiOf, EVE, INCIDENT, make, SIGHTING, testSandbox } from '../support.ts';

const EXPORT = '/ctia/bundle/export';
const short = (id: string) => String(id.split('/').at(-1));

async function relate(api: Api, source: { id: string }, target: { id: string }, more: object = {}) {
  const edge = { relationship_type: 'member-of', source_ref: source.id, target_ref: target.id, ...more };
  return make(api, 'relationship', edge);
}

/** An incident, its two sightings, and a casebook related to the first one. */
async function story(options: SandboxOptions = {}) {
  const sandbox = await testSandbox(options);
  const api = await apiOf(sandbox);
  const incident = await make(api, 'incident', INCIDENT);
  const sightings = [await make(api, 'sighting', SIGHTING), await make(api, 'sighting', SIGHTING)];
  const casebook = await make(api, 'casebook', {});
  for (const sighting of sightings) {
    sandbox.advance(1000);
    await relate(api, sighting, incident);
  }
  await relate(api, sightings[0], casebook, { relationship_type: 'related-to' });
  const exported = async (ids: string[], query = '') => {
    const reply = await api('POST', EXPORT + query, { ids });
    expect(reply.status, reply.text).toBe(200);
    return Object.fromEntries(
      Object.entries(reply.body).map(([key, value]) => [key, Array.isArray(value) ? value.length : value]),
    );
  };
  return { sandbox, api, incident, sightings, casebook, exported };
}

it('holds an entity, its relationships of one hop and the other ends', async () => {
  const { incident, exported, api } = await story();
  const bundle = { type: 'bundle', source: 'ctia', incidents: 1, sightings: 2, relationships: 2 };
  expect(await exported([incident.id])).toEqual(bundle);
  const byGet = await api('GET', `${EXPORT}?ids=${encodeURIComponent(incident.id)}`);
  expect(byGet.body.incidents).toMatchObject([{ id: incident.id, owner: 'alice', schema_version: '1.3.30' }]);
});

it('does not hold an entity twice', async () => {
  const { incident, sightings, exported } = await story();
  const bundle = { type: 'bundle', source: 'ctia', incidents: 1, sightings: 2, relationships: 3, casebooks: 1 };
  expect(await exported([incident.id, sightings[0].id, incident.id])).toEqual(bundle);
});

it('cannot be imported as it is', async () => {
  const { incident, api } = await story();
  const { body } = await api('POST', EXPORT, { ids: [incident.id] });
  expect(await api('POST', '/ctia/bundle/import', body)).toMatchObject({
    status: 400,
    body: { errors: { incidents: [{ owner: 'disallowed-key' }] } },
  });
});

describe('relationships are found letter for letter', () => {
  it.each([
    ['a short id', short],
    ['an id without its port', (id: string) => id.replace(':443', '')],
  ])('%s leads to the entity alone', async (_, change) => {
    const { incident, exported } = await story();
    expect(await exported([change(incident.id)])).toEqual({ type: 'bundle', source: 'ctia', incidents: 1 });
  });
});

it.each([
  ['another server', 'https://elsewhere.example.org/ctia/incident/incident-00000000-0000-4000-8000-000000000000'],
  ['nothing', 'incident-00000000-0000-4000-8000-000000000000'],
  ['no id', 'nonsense'],
  ['no address before the id', 'x/incident-00000000-0000-4000-8000-000000000000'],
  ['a type that is switched off', 'weakness-00000000-0000-4000-8000-000000000000'],
])('an id of %s is passed over', async (_, id) => {
  const { exported } = await story();
  expect(await exported([id])).toEqual({ type: 'bundle', source: 'ctia' });
});

it('so is what the caller may not read', async () => {
  const sandbox = await testSandbox();
  const { id } = await make(await apiOf(sandbox), 'incident', { ...INCIDENT, tlp: 'amber' });
  const { body } = await (await apiOf(sandbox, EVE))('POST', EXPORT, { ids: [id] });
  expect(body).toEqual({ type: 'bundle', source: 'ctia' });
});

it.each([
  ['nothing related', '?include_related_entities=false', { sightings: 1 }],
  ['relationships that end there', '?related_to=target_ref', { sightings: 1 }],
  [
    'relationships that begin there',
    '?related_to=source_ref',
    { sightings: 1, incidents: 1, casebooks: 1, relationships: 2 },
  ],
  ['relationships to one type', '?target_type=incident', { sightings: 1, incidents: 1, relationships: 1 }],
  ['relationships from one type', '?source_type=incident', { sightings: 1 }],
])('can be narrowed to %s', async (_, query, expected) => {
  const { sightings, exported } = await story();
  expect(await exported([sightings[0].id], query)).toEqual({ type: 'bundle', source: 'ctia', ...expected });
});

it('follows so many relationships and no more, the newest ones', async () => {
  const { incident, sightings, api } = await story({ maxRelationships: 1 });
  const { body } = await api('POST', EXPORT, { ids: [incident.id] });
  expect(body.sightings).toMatchObject([{ id: sightings[1].id }]);
});

it.each([
  ['GET', `${EXPORT}?id=x`, undefined, { id: 'disallowed-key' }],
  ['GET', EXPORT, undefined, { ids: 'missing-required-key' }],
  ['POST', EXPORT, {}, { ids: 'missing-required-key' }],
  ['POST', EXPORT, { ids: 'x' }, { ids: expect.any(String) }],
  ['POST', EXPORT, { ids: [], more: 1 }, { more: 'disallowed-key' }],
  ['POST', `${EXPORT}?source_type=nothing`, { ids: [] }, { source_type: expect.any(String) }],
])('%s %s with %j is refused', async (method, path, body, errors) => {
  const api = await apiOf(await testSandbox());
  expect(await api(method, path, body)).toMatchObject({ status: 400, body: { errors } });
});
