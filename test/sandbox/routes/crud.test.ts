import { describe, expect, it } from 'vitest';
import { ALICE, apiOf, BOB, EVE, INCIDENT, INDICATOR, JUDGEMENT, make, SIGHTING, testSandbox } from '../support.ts';

const MISSING = '/ctia/sighting/sighting-00000000-0000-4000-8000-000000000000';

/** One valid entity of each type, to see that each has its routes. */
const REFERENCE = 'https://private.intel.amp.cisco.com:443/ctia/asset/asset-00000000-0000-4000-8000-000000000000';
const DESCRIBED = { title: 't', short_description: 's', description: 'd' };
const OBSERVABLE = { type: 'ip', value: '192.0.2.1' };
const SAMPLES: readonly (readonly [string, object])[] = [
  ['actor', { ...DESCRIBED, source: 's' }],
  ['asset', { source: 's', asset_type: 'device', valid_time: {} }],
  [
    'asset-mapping',
    {
      source: 's',
      asset_type: 'device',
      asset_ref: REFERENCE,
      observable: OBSERVABLE,
      confidence: 'Low',
      specificity: 'Low',
      stability: 'Managed',
      valid_time: {},
    },
  ],
  ['asset-properties', { source: 's', asset_ref: REFERENCE, valid_time: {} }],
  ['attack-pattern', DESCRIBED],
  ['campaign', { ...DESCRIBED, campaign_type: 'c' }],
  ['casebook', {}],
  ['coa', {}],
  ['feed', { feed_type: 'indicator', output: 'observables' }],
  ['incident', INCIDENT],
  ['indicator', INDICATOR],
  ['investigation', { source: 's', actions: '[]' }],
  ['judgement', JUDGEMENT],
  ['malware', { ...DESCRIBED, labels: [] }],
  ['note', { note_class: 'n', content: 'c', related_entities: [] }],
  ['relationship', { relationship_type: 'r', source_ref: REFERENCE, target_ref: REFERENCE }],
  ['sighting', SIGHTING],
  ['target-record', { source: 's', targets: [] }],
  ['tool', { ...DESCRIBED, labels: [] }],
  ['vulnerability', { description: 'd' }],
];

describe.each(SAMPLES)('%s', (type, sample) => {
  it('is created, read, found, counted and removed', async () => {
    const api = await apiOf(await testSandbox());
    const created = await api('POST', `/ctia/${type}?wait_for=true`, { ...sample, external_ids: ['X-1'] });
    expect(created).toMatchObject({ status: 201, body: { type, external_ids: ['X-1'], owner: 'alice' } });
    const { id } = created.body;
    expect(created.headers.get('location')).toBe(id);
    expect((await api('GET', `/ctia/${type}/${encodeURIComponent(id)}`)).body).toEqual(created.body);
    expect((await api('GET', `/ctia/${type}/${id.split('/').at(-1)}`)).body).toEqual(created.body);
    expect((await api('GET', `/ctia/${type}/external_id/x-1`)).body).toEqual([created.body]);
    expect((await api('GET', `/ctia/${type}/search?query=*`)).body).toEqual([created.body]);
    expect((await api('GET', `/ctia/${type}/search/count`)).body).toBe(1);
    expect(await api('DELETE', `/ctia/${type}/${encodeURIComponent(id)}?wait_for=true`)).toMatchObject({
      status: 204,
      text: '',
    });
    expect(await api('GET', `/ctia/${type}/${encodeURIComponent(id)}`)).toMatchObject({ status: 404, text: '' });
  });
});

describe('what is wrong with one entity refuses the request', () => {
  it.each([
    ['shape', { ...SIGHTING, nope: 1 }, 400, { errors: { nope: 'disallowed-key' } }],
    ['null', { ...SIGHTING, title: null }, 400, { errors: { title: expect.any(String) } }],
    [
      'contents',
      { ...SIGHTING, title: 'x'.repeat(2000) },
      400,
      { error: 'Spec Validation Client Error', type: 'Invalid Entity Error' },
    ],
    ['tlp', { ...SIGHTING, tlp: 'white' }, 400, { type: 'Invalid TLP Error' }],
    ['an id of its own', { ...SIGHTING, id: 'sighting-1' }, 403, { error: 'Missing capability to specify entity ID' }],
    [
      'a foreign id',
      { ...SIGHTING, id: 'http://h/1' },
      400,
      { error: 'Invalid hostname in ID', 'this-host': 'private.intel.amp.cisco.com' },
    ],
  ])('%s', async (_, entity, status, body) => {
    const sandbox = await testSandbox();
    const reply = await (await apiOf(sandbox))('POST', '/ctia/sighting', entity);
    expect(reply).toMatchObject({ status, body });
    expect(sandbox.entities('sighting')).toEqual([]);
  });

  it('a reference to nothing that is made along with it', async () => {
    const api = await apiOf(await testSandbox());
    const edge = { relationship_type: 'r', source_ref: 'transient:a', target_ref: 'transient:b' };
    const reply = await api('POST', '/ctia/relationship', edge);
    expect(reply).toMatchObject({ status: 400, body: { error: expect.stringContaining('still a transient ID') } });
  });

  it('names of scores that are not known, which a bundle may hold', async () => {
    const api = await apiOf(await testSandbox());
    const odd = { ...INCIDENT, scores: { asset: 1, mine: 2 } };
    expect(await api('POST', '/ctia/incident', odd)).toMatchObject({
      status: 400,
      body: { errors: { scores: { mine: 'disallowed-key' } } },
    });
    const bundle = { source: 's', incidents: [odd] };
    expect((await api('POST', '/ctia/bundle/import', bundle)).body.results[0].result).toBe('created');
  });
});

it('what the server sets is taken and overwritten', async () => {
  const api = await apiOf(await testSandbox());
  const mine = { owner: 'me', groups: ['g'], created: '2020-01-01', modified: '2020-01-01', schema_version: '1.0' };
  expect(await make(api, 'sighting', { ...SIGHTING, ...mine })).toMatchObject({
    owner: 'alice',
    groups: ['org-1'],
    created: '2025-10-10T12:00:00.000Z',
    schema_version: '1.3.30',
  });
});

describe('visibility', () => {
  it.each([
    ['GET', '', undefined],
    ['PUT', '', SIGHTING],
    ['DELETE', '', undefined],
  ])('%s does not see what was just written', async (method, query, body) => {
    const sandbox = await testSandbox();
    const api = await apiOf(sandbox);
    const { id } = (await api('POST', '/ctia/sighting', SIGHTING)).body;
    const path = `/ctia/sighting/${encodeURIComponent(id)}${query}`;
    expect((await api(method, path, body)).status).toBe(404);
    sandbox.advance(1000);
    expect((await api(method, path, body)).status).toBeLessThan(300);
  });

  it('searches and look-ups see it after the refresh', async () => {
    const sandbox = await testSandbox({ refreshMs: 500 });
    const api = await apiOf(sandbox);
    await api('POST', '/ctia/sighting', { ...SIGHTING, external_ids: ['x-1'] });
    const again = { source: 's', sightings: [{ ...SIGHTING, external_ids: ['x-1'], title: 'again' }] };
    const found = async () => [
      (await api('GET', '/ctia/sighting/search')).body.length,
      (await api('GET', '/ctia/sighting/external_id/x-1')).body.length,
    ];
    expect(await found()).toEqual([0, 0]);
    sandbox.advance(499);
    expect(await found()).toEqual([0, 0]);
    sandbox.advance(1);
    expect(await found()).toEqual([1, 1]);
    expect((await api('POST', '/ctia/bundle/import', again)).body.results[0].result).toBe('exists');
  });

  it('can be had at once, for all that was written before', async () => {
    const api = await apiOf(await testSandbox());
    const first = (await api('POST', '/ctia/sighting', SIGHTING)).body;
    await make(api, 'sighting', SIGHTING);
    expect((await api('GET', `/ctia/sighting/${encodeURIComponent(first.id)}`)).status).toBe(200);
  });

  it('without a delay there is none', async () => {
    const api = await apiOf(await testSandbox({ refreshMs: 0 }));
    await api('POST', '/ctia/sighting', SIGHTING);
    expect((await api('GET', '/ctia/sighting/search/count')).body).toBe(1);
  });

  it('the second of two quick changes undoes the first', async () => {
    const sandbox = await testSandbox();
    const api = await apiOf(sandbox);
    const { id } = await make(api, 'incident', { ...INCIDENT, title: 'old', source: 'old' });
    const path = `/ctia/incident/${encodeURIComponent(id)}`;
    await api('PATCH', path, { title: 'new' });
    await api('PATCH', path, { source: 'new' });
    expect(sandbox.entities('incident')).toMatchObject([{ title: 'old', source: 'new' }]);
  });
});

describe('PUT', () => {
  it('replaces all but what the server keeps', async () => {
    const sandbox = await testSandbox();
    const api = await apiOf(sandbox);
    const old = await make(api, 'sighting', {
      ...SIGHTING,
      title: 'old',
      tlp: 'amber',
      timestamp: '2025-01-01T00:00:00.000Z',
    });
    sandbox.advance(60_000);
    const reply = await api('PUT', `/ctia/sighting/${encodeURIComponent(old.id)}`, { ...SIGHTING, count: 7 });
    expect(reply).toMatchObject({
      status: 200,
      body: { id: old.id, created: old.created, modified: '2025-10-10T12:01:00.000Z', tlp: 'amber', count: 7 },
    });
    expect(reply.body.timestamp).toBe('2025-10-10T12:01:00.000Z');
    expect(reply.body).not.toHaveProperty('title');
  });

  it('leaves the timestamp of an incident alone', async () => {
    const sandbox = await testSandbox();
    const api = await apiOf(sandbox);
    const old = await make(api, 'incident', INCIDENT);
    sandbox.advance(60_000);
    const reply = await api('PUT', `/ctia/incident/${encodeURIComponent(old.id)}`, INCIDENT);
    expect(reply.body.timestamp).toBe(old.timestamp);
  });

  it('is for nobody where judgements are concerned', async () => {
    const api = await apiOf(await testSandbox());
    const { id } = await make(api, 'judgement', JUDGEMENT);
    const reply = await api('PUT', `/ctia/judgement/${encodeURIComponent(id)}`, JUDGEMENT);
    expect(reply).toMatchObject({ status: 403, body: { error: 'missing_capability', capabilities: 'developer' } });
  });

  it('of nothing finds nothing', async () => {
    const api = await apiOf(await testSandbox());
    expect(await api('PUT', MISSING, SIGHTING)).toMatchObject({ status: 404, text: '' });
  });
});

describe('PATCH', () => {
  it('merges objects, replaces lists, leaves the rest and the timestamp', async () => {
    const sandbox = await testSandbox();
    const api = await apiOf(sandbox);
    const old = await make(api, 'incident', { ...INCIDENT, title: 'old', assignees: ['a', 'b'], meta: { a: 1, b: 2 } });
    sandbox.advance(60_000);
    const path = `/ctia/incident/${encodeURIComponent(old.id)}?wait_for=true`;
    const reply = await api('PATCH', path, {
      assignees: ['c'],
      meta: { b: 3 },
      incident_time: { discovered: '2025-10-09' },
    });
    expect(reply).toMatchObject({
      status: 200,
      body: {
        title: 'old',
        assignees: ['c'],
        meta: { a: 1, b: 3 },
        incident_time: { ...INCIDENT.incident_time, discovered: '2025-10-09T00:00:00.000Z' },
        timestamp: old.timestamp,
        modified: '2025-10-10T12:01:00.000Z',
      },
    });
  });

  it.each([
    ['null', { title: null }, { errors: { title: expect.any(String) } }],
    ['an unknown key', { nope: 1 }, { errors: { nope: 'disallowed-key' } }],
    ['an unknown score', { scores: { mine: 1 } }, { errors: { scores: { mine: 'disallowed-key' } } }],
    ['bad contents', { title: 'x'.repeat(2000) }, { type: 'Invalid Entity Error' }],
  ])('refuses %s', async (_, patch, body) => {
    const sandbox = await testSandbox();
    const api = await apiOf(sandbox);
    const { id } = await make(api, 'incident', INCIDENT);
    const reply = await api('PATCH', `/ctia/incident/${encodeURIComponent(id)}`, patch);
    expect(reply).toMatchObject({ status: 400, body });
  });

  it.each([
    ['note', { note_class: 'n', content: 'c', related_entities: [] }, { content: 'new' }],
    ['casebook', { title: 'old' }, { title: 'new' }],
  ])('is there for a %s', async (type, entity, patch) => {
    const api = await apiOf(await testSandbox());
    const { id } = await make(api, type, entity);
    const reply = await api('PATCH', `/ctia/${type}/${encodeURIComponent(id)}`, patch);
    expect(reply).toMatchObject({ status: 200, body: patch });
  });

  it('is not there for others', async () => {
    const api = await apiOf(await testSandbox());
    expect((await api('PATCH', MISSING, {})).status).toBe(404);
    expect((await api('PATCH', MISSING, {})).text).toContain('<html>');
  });

  it('of a casebook that is not there says so', async () => {
    const api = await apiOf(await testSandbox());
    const path = '/ctia/casebook/casebook-00000000-0000-4000-8000-000000000000';
    expect(await api('PATCH', path, {})).toMatchObject({ status: 404, body: { error: 'casebook not found' } });
  });
});

describe('access', () => {
  it.each([
    ['amber of another organisation', 'amber', EVE, [403, 403, 403]],
    ['green of another organisation', 'green', EVE, [200, 403, 403]],
    ['amber of a colleague', 'amber', BOB, [200, 200, 204]],
    ['red of a colleague', 'red', BOB, [403, 403, 403]],
    ['red of one’s own', 'red', ALICE, [200, 200, 204]],
  ])('to %s: GET, PATCH, DELETE', async (_, tlp, client, statuses) => {
    const sandbox = await testSandbox();
    const { id } = await make(await apiOf(sandbox, ALICE), 'incident', { ...INCIDENT, tlp });
    const api = await apiOf(sandbox, client);
    const path = `/ctia/incident/${encodeURIComponent(id)}`;
    const replies = [await api('GET', path), await api('PATCH', path, {}), await api('DELETE', path)];
    expect(replies.map(({ status }) => status)).toEqual(statuses);
    for (const { status, body } of replies) {
      if (status === 403) expect(body).toMatchObject({ error: 'Access Control validation Client Error' });
    }
    const seen = (await api('GET', '/ctia/incident/search')).body.length;
    expect(seen).toBe(statuses[0] === 200 ? 1 : 0);
  });

  it('is given by name', async () => {
    const sandbox = await testSandbox();
    const red = { ...INCIDENT, tlp: 'red', authorized_users: ['bob'], authorized_groups: ['org-2'] };
    const { id } = await make(await apiOf(sandbox, ALICE), 'incident', red);
    for (const client of [BOB, EVE]) {
      expect((await (await apiOf(sandbox, client))('GET', `/ctia/incident/${encodeURIComponent(id)}`)).status).toBe(
        200,
      );
    }
  });

  it('can be kept within organisations', async () => {
    const sandbox = await testSandbox({ maxRecordVisibility: 'group' });
    const { id } = await make(await apiOf(sandbox, ALICE), 'incident', { ...INCIDENT, tlp: 'green' });
    expect((await (await apiOf(sandbox, EVE))('GET', `/ctia/incident/${encodeURIComponent(id)}`)).status).toBe(403);
  });
});

it.each([
  [
    'fields are picked',
    '?fields=title&fields=incident_time.opened',
    200,
    ['groups', 'id', 'incident_time', 'owner', 'title', 'tlp'],
  ],
  ['fields that cannot be picked are refused', '?fields=description', 400, undefined],
  ['unknown parameters are refused', '?nope=1', 400, undefined],
])('%s on reading one', async (_, query, status, keys) => {
  const api = await apiOf(await testSandbox());
  const { id } = await make(api, 'incident', { ...INCIDENT, title: 't', description: 'd' });
  const reply = await api('GET', `/ctia/incident/${encodeURIComponent(id)}${query}`);
  expect(reply.status).toBe(status);
  if (keys !== undefined) expect(Object.keys(reply.body).sort()).toEqual(keys);
});
