import { describe, expect, it } from 'vitest';
import { apiOf, EVE, INCIDENT, make, SIGHTING, testSandbox } from '../support.ts';

const NOTHING = 'https://private.intel.amp.cisco.com:443/ctia/incident/incident-00000000-0000-4000-8000-000000000000';

describe('POST', () => {
  it('answers in the order of the request, with ids or what was wrong', async () => {
    const sandbox = await testSandbox();
    const api = await apiOf(sandbox);
    const reply = await api('POST', '/ctia/bulk', {
      incidents: [{ ...INCIDENT, id: 'transient:i', owner: 'me' }],
      sightings: [{ ...SIGHTING, title: 'x'.repeat(2000) }, { ...SIGHTING, id: 'transient:s' }, SIGHTING, SIGHTING],
      relationships: [{ relationship_type: 'member-of', source_ref: 'transient:s', target_ref: 'transient:i' }],
      casebooks: [{}],
    });
    const [incident] = sandbox.entities('incident');
    const sightings = sandbox.entities('sighting').map(({ id }) => id);
    expect(reply).toMatchObject({
      status: 201,
      body: {
        incidents: [incident?.id],
        sightings: [{ error: 'Entity validation Error' }, ...sightings],
        relationships: [sandbox.entities('relationship')[0]?.id],
        casebooks: [expect.stringContaining('/casebook/')],
        tempids: { 'transient:i': incident?.id, 'transient:s': sightings[0] },
      },
    });
    expect(sightings).toHaveLength(3);
  });

  it('looks nothing up', async () => {
    const sandbox = await testSandbox();
    const api = await apiOf(sandbox);
    const bulk = { sightings: [{ ...SIGHTING, external_ids: ['x-1'] }] };
    for (let i = 0; i < 2; i++) await api('POST', '/ctia/bulk?wait_for=true', bulk);
    expect(sandbox.entities('sighting')).toHaveLength(2);
  });

  it('waits when it is asked to', async () => {
    const api = await apiOf(await testSandbox());
    const count = async () => (await api('GET', '/ctia/sighting/search/count')).body;
    await api('POST', '/ctia/bulk', { sightings: [SIGHTING] });
    expect(await count()).toBe(0);
    await api('POST', '/ctia/bulk?wait_for=true', { sightings: [SIGHTING] });
    expect(await count()).toBe(2);
  });

  it.each([
    ['a list that is none of its', { feeds: [] }, { feeds: 'disallowed-key' }],
    ['what is no list', { sightings: {} }, { sightings: expect.any(String) }],
    ['one bad shape', { sightings: [SIGHTING, {}] }, { sightings: [null, { observed_time: 'missing-required-key' }] }],
    [
      'an unknown score',
      { incidents: [{ ...INCIDENT, scores: { mine: 1 } }] },
      { incidents: [{ scores: { mine: 'disallowed-key' } }] },
    ],
  ])('refuses %s', async (_, body, errors) => {
    const api = await apiOf(await testSandbox());
    expect(await api('POST', '/ctia/bulk', body)).toMatchObject({ status: 400, body: { errors } });
  });

  it('takes so many and no more', async () => {
    const api = await apiOf(await testSandbox({ maxEntities: 1 }));
    const reply = await api('POST', '/ctia/bulk', { sightings: [SIGHTING, SIGHTING] });
    expect(reply).toMatchObject({ status: 400, text: 'Bulk max nb of entities: 1' });
  });
});

it('GET shows what can be read, null for the rest', async () => {
  const api = await apiOf(await testSandbox());
  const { id } = await make(api, 'incident', INCIDENT);
  const { body } = await api(
    'GET',
    `/ctia/bulk?incidents=${encodeURIComponent(id)}&incidents=${encodeURIComponent(NOTHING)}`,
  );
  expect(body).toMatchObject({ incidents: [{ id }, null] });
  expect((await api('GET', '/ctia/bulk?nope=1')).status).toBe(400);
});

describe('changes', () => {
  it.each([
    ['PATCH', { title: 'new' }, { title: 'new', source: 'old' }],
    ['PUT', { ...INCIDENT, title: 'new' }, { title: 'new' }],
  ])('by %s tell what was done and what was not', async (method, change, expected) => {
    const sandbox = await testSandbox();
    const api = await apiOf(sandbox);
    const mine = await make(api, 'incident', { ...INCIDENT, title: 'old', source: 'old' });
    const other = await make(await apiOf(sandbox, EVE), 'incident', { ...INCIDENT, tlp: 'green' });
    const bad = await make(api, 'incident', INCIDENT);
    const reply = await api(method, '/ctia/bulk', {
      incidents: [
        { ...change, id: mine.id },
        { ...change, id: other.id },
        { ...change, id: bad.id, title: 'x'.repeat(2000) },
        { ...change, id: NOTHING },
      ],
    });
    expect(reply).toMatchObject({
      status: 200,
      body: {
        incidents: {
          updated: [mine.id],
          errors: { forbidden: [other.id], 'internal-error': [bad.id], 'not-found': [NOTHING] },
        },
      },
    });
    const changed = sandbox.entities('incident').find(({ id }) => id === mine.id);
    expect(changed).toMatchObject(expected);
    expect('source' in (changed ?? {})).toBe('source' in expected);
  });

  it('in part are for few types', async () => {
    const api = await apiOf(await testSandbox());
    const reply = await api('PATCH', '/ctia/bulk', { sightings: [{ id: NOTHING }] });
    expect(reply).toMatchObject({ status: 400, body: { errors: { sightings: 'disallowed-key' } } });
  });

  it('name what they are about', async () => {
    const api = await apiOf(await testSandbox());
    expect((await api('PATCH', '/ctia/bulk', { incidents: [{ title: 'x' }] })).status).toBe(400);
  });
});

it('DELETE removes what the caller may', async () => {
  const sandbox = await testSandbox();
  const api = await apiOf(sandbox);
  const mine = await make(api, 'incident', INCIDENT);
  const other = await make(await apiOf(sandbox, EVE), 'incident', { ...INCIDENT, tlp: 'green' });
  const reply = await api('DELETE', '/ctia/bulk?wait_for=true', { incidents: [mine.id, other.id, NOTHING] });
  expect(reply).toMatchObject({
    status: 200,
    body: { incidents: { deleted: [mine.id], errors: { forbidden: [other.id], 'not-found': [NOTHING] } } },
  });
  expect(sandbox.entities('incident')).toMatchObject([{ id: other.id }]);
});
