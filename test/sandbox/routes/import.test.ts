import { describe, expect, it } from 'vitest';
import { ALICE, apiOf, BOB, bundleOf, EVE, INCIDENT, SIGHTING, testSandbox } from '../support.ts';

const IMPORT = '/ctia/bundle/import';
const relationship = (source_ref: string, target_ref: string, more: object = {}) => ({
  relationship_type: 'member-of',
  source_ref,
  target_ref,
  ...more,
});

/** Imports one bundle into an empty sandbox. */
async function importOnce(collections: object, options: Parameters<typeof testSandbox>[0] = {}) {
  const sandbox = await testSandbox(options);
  const api = await apiOf(sandbox);
  return { sandbox, api, reply: await api('POST', IMPORT, bundleOf(collections)) };
}

const byId = (results: readonly { original_id: string }[]) => new Map(results.map((one) => [one.original_id, one]));

describe('a bundle of the wrong shape is refused whole', () => {
  it.each([
    ['an unknown key', { sightings: [{ ...SIGHTING, colour: 'red' }] }, { sightings: [{ colour: 'disallowed-key' }] }],
    ['a missing key', { sightings: [{}] }, { sightings: [{ observed_time: 'missing-required-key' }] }],
    ['a collection that is never taken', { casebooks: [{}] }, { casebooks: 'disallowed-key' }],
    ['a collection switched off in production', { data_tables: [] }, { data_tables: 'disallowed-key' }],
    [
      'what only the server writes',
      { sightings: [{ ...SIGHTING, owner: 'me' }] },
      { sightings: [{ owner: 'disallowed-key' }] },
    ],
    [
      'a fault deep inside a list, good neighbours shown as null',
      { sightings: [{ ...SIGHTING, observables: [{ type: 'ip', value: '192.0.2.1' }, { type: 'ip' }] }] },
      { sightings: [{ observables: [null, { value: 'missing-required-key' }] }] },
    ],
    [
      'one of several, without telling which',
      { sightings: [SIGHTING, SIGHTING, { ...SIGHTING, nope: 1 }] },
      { sightings: [{ nope: 'disallowed-key' }] },
    ],
  ])('%s', async (_, collections, errors) => {
    const { sandbox, reply } = await importOnce(collections);
    expect(reply).toMatchObject({ status: 400, body: { errors } });
    expect(sandbox.entities('sighting')).toEqual([]);
  });

  it.each([
    ['no object', []],
    ['a text', '"bundle"'],
  ])('%s in place of a bundle is told by one text', async (_, body) => {
    const api = await apiOf(await testSandbox());
    expect(await api('POST', IMPORT, body)).toMatchObject({ status: 400, body: { errors: expect.any(String) } });
  });

  it('bad JSON is told as such', async () => {
    const api = await apiOf(await testSandbox());
    const reply = await api('POST', IMPORT, '{"source":');
    expect(reply).toMatchObject({ status: 400, body: { type: 'json-parse-exception' } });
  });

  it('a body that is not called JSON is not read', async () => {
    const api = await apiOf(await testSandbox());
    const reply = await api('POST', IMPORT, JSON.stringify(bundleOf({})), { 'content-type': 'text/plain' });
    expect(reply).toMatchObject({ status: 400, body: { errors: { source: 'missing-required-key' } } });
  });

  it('too many entities, counted after equal ones became one, are told in plain text', async () => {
    const two = {
      sightings: [
        { ...SIGHTING, title: 'a' },
        { ...SIGHTING, title: 'b' },
      ],
    };
    const { reply, api } = await importOnce({ ...two, incidents: [INCIDENT] }, { maxEntities: 2 });
    expect(reply).toMatchObject({ status: 400, text: 'Bundle max nb of entities: 2', body: undefined });
    const collapsing = bundleOf({ ...two, sightings: [...two.sightings, ...two.sightings], verdicts: [{}] });
    expect((await api('POST', IMPORT, collapsing)).body.results).toHaveLength(2);
  });
});

describe('an entity with bad contents fails alone', () => {
  it.each([
    ['a title too long', { title: 'x'.repeat(1025) }, 'Entity validation Error'],
    [
      'an end before the start',
      { observed_time: { start_time: '2025-01-02', end_time: '2025-01-01' } },
      'Entity validation Error',
    ],
    ['a raw attack URL as URI', { source_uri: 'http://h/?q=<script>' }, 'Entity validation Error'],
    ['tlp white', { tlp: 'white' }, 'Entity Access Control validation Error'],
  ])('%s', async (_, fault, error) => {
    const bad = { ...SIGHTING, id: 'transient:bad', ...fault };
    const good = { ...SIGHTING, id: 'transient:good' };
    const { sandbox, reply } = await importOnce({ sightings: [bad, good] });
    expect(reply.status).toBe(200);
    const results = byId(reply.body.results);
    expect(results.get('transient:bad')).toEqual({
      original_id: 'transient:bad',
      type: 'sighting',
      result: 'error',
      error,
      msg: expect.any(String),
    });
    expect(results.get('transient:good')).toMatchObject({ result: 'created' });
    expect(sandbox.entities('sighting')).toHaveLength(1);
  });

  it('names the TLPs that are allowed, which can be set', async () => {
    const { reply } = await importOnce({ sightings: [{ ...SIGHTING, tlp: 'green' }] }, { minTlp: 'amber' });
    expect(reply.body.results[0].msg).toBe('Invalid document TLP green, allowed TLPs are: amber,red');
  });

  it('contents come before sharing, sharing before what is found when the entity is made', async () => {
    const judgement = {
      source: 's',
      observable: { type: 'ip', value: '192.0.2.1' },
      priority: 1,
      confidence: 'Low',
      severity: 'Low',
    };
    const mismatch = { disposition: 1, disposition_name: 'Malicious' };
    const { reply } = await importOnce({
      judgements: [
        { ...judgement, ...mismatch, id: 'transient:1', tlp: 'white', reason: 'x'.repeat(1025) },
        { ...judgement, ...mismatch, id: 'transient:2', tlp: 'white' },
        { ...judgement, ...mismatch, id: 'transient:3' },
      ],
    });
    const results = byId(reply.body.results);
    expect(results.get('transient:1')).toMatchObject({ error: 'Entity validation Error' });
    expect(results.get('transient:2')).toMatchObject({ error: 'Entity Access Control validation Error' });
    expect(results.get('transient:3')).toEqual({
      original_id: 'transient:3',
      type: 'judgement',
      result: 'error',
      error: 'Mismatched disposition and dispositon_name for judgement',
    });
  });

  it('takes its relationships with it', async () => {
    const { reply } = await importOnce({
      incidents: [{ ...INCIDENT, id: 'transient:i', description: 'x'.repeat(5001) }],
      sightings: [{ ...SIGHTING, id: 'transient:s' }],
      relationships: [relationship('transient:s', 'transient:i', { id: 'transient:r' })],
    });
    const failed = byId(reply.body.results).get('transient:r');
    expect(failed).toMatchObject({ result: 'error', error: expect.stringContaining('still a transient ID') });
    expect(failed).not.toHaveProperty('msg');
  });

  it('a value beyond what the index takes is refused by the store', async () => {
    const observables = [{ type: 'url', value: 'é'.repeat(16_384) }];
    const { reply } = await importOnce({ sightings: [{ ...SIGHTING, observables }] });
    expect(reply.body.results[0]).toMatchObject({ result: 'error', error: { type: expect.any(String) } });
  });
});

describe('collections are sets', () => {
  const observed = (start_time: string) => ({ observed_time: { start_time } });

  it.each([
    ['the same', SIGHTING, SIGHTING],
    ['the order of keys', { ...SIGHTING, title: 'x' }, { title: 'x', ...SIGHTING }],
    ['the same instant in another zone', observed('2025-01-01T02:00:00+02:00'), observed('2025-01-01T00:00:00Z')],
    ['null and no items', { ...SIGHTING, observables: null }, { ...SIGHTING, observables: [] }],
    ['bad contents in another order', { ...SIGHTING, tlp: 'white' }, { tlp: 'white', ...SIGHTING }],
  ])('%s makes one entity', async (_, a, b) => {
    const { reply } = await importOnce({ sightings: [a, b] });
    expect(reply.body.results).toHaveLength(1);
  });

  it.each([
    ['another transient id', { ...SIGHTING, id: 'transient:a' }, { ...SIGHTING, id: 'transient:b' }],
    ['a default, given or not', { ...SIGHTING, count: 1 }, SIGHTING],
    ['a schema version, given or not', { ...SIGHTING, schema_version: '1.3.30' }, SIGHTING],
  ])('%s makes two', async (_, a, b) => {
    const { reply } = await importOnce({ sightings: [a, b] });
    expect(reply.body.results).toHaveLength(2);
  });

  it('results come in another order, the same for the same seed', async () => {
    const sightings = Array.from({ length: 50 }, (_, i) => ({ ...SIGHTING, id: `transient:${i}` }));
    const orderOf = async (seed: number) => {
      const { reply } = await importOnce({ sightings }, { seed });
      return reply.body.results.map((one: { original_id: string }) => one.original_id);
    };
    const order = await orderOf(7);
    expect(order).not.toEqual(sightings.map(({ id }) => id));
    expect([...order].sort()).toEqual(sightings.map(({ id }) => id).sort());
    expect(await orderOf(7)).toEqual(order);
    expect(await orderOf(8)).not.toEqual(order);
  });

  it('verdicts are taken and dropped', async () => {
    const { reply } = await importOnce({ verdicts: [{ type: 'verdict', disposition: 2 }] });
    expect(reply).toMatchObject({ status: 200, body: { results: [] } });
  });
});

describe('look-up by external ids', () => {
  async function twice(first: object, second: object, query: string, options: Parameters<typeof testSandbox>[0] = {}) {
    const sandbox = await testSandbox(options);
    const api = await apiOf(sandbox);
    const before = await api('POST', IMPORT, bundleOf({ sightings: [{ ...SIGHTING, ...first }] }));
    const after = await api('POST', IMPORT + query, bundleOf({ sightings: [{ ...SIGHTING, ...second }] }));
    return { sandbox, first: before.body.results[0], second: after.body.results[0] };
  }

  it('what exists is named and stays as it is', async () => {
    const given = { id: 'transient:1', external_ids: ['acme-1'] };
    const { sandbox, first, second } = await twice(
      { ...given, title: 'old' },
      { ...given, title: 'new' },
      '?external-key-prefixes=acme-&patch-existing=true',
    );
    expect(second).toEqual({
      type: 'sighting',
      original_id: 'transient:1',
      external_ids: ['acme-1'],
      result: 'exists',
      id: first.id,
    });
    expect(sandbox.entities('sighting')).toMatchObject([{ title: 'old' }]);
  });

  it.each([
    ['no prefix: all external ids count', '', ['acme-1'], 'exists'],
    ['a prefix that fits', '?external-key-prefixes=acme-', ['acme-1'], 'exists'],
    ['one of several prefixes, with spaces', '?external-key-prefixes=x-,%20acme-', ['acme-1'], 'exists'],
    ['an empty prefix fits all', '?external-key-prefixes=', ['acme-1'], 'exists'],
    ['a prefix in capitals', '?external-key-prefixes=ACME-', undefined, 'created'],
    ['a prefix of somebody else', '?external-key-prefixes=other-', undefined, 'created'],
    ['a prefix twice makes the id stand twice', '?external-key-prefixes=acme-,ac', ['acme-1', 'acme-1'], 'exists'],
  ])('%s', async (_, query, shownIds, result) => {
    const { second } = await twice({ external_ids: ['acme-1'] }, { external_ids: ['acme-1'], title: 'x' }, query);
    expect(second.result).toBe(result);
    expect(second.external_ids).toEqual(shownIds);
  });

  it('takes notice of case', async () => {
    const { second } = await twice({ external_ids: ['acme-a'] }, { external_ids: ['acme-A'] }, '');
    expect(second.result).toBe('created');
  });

  it('is done for bad entities, too: what exists is never checked', async () => {
    const { second } = await twice(
      { external_ids: ['x-1'] },
      { external_ids: ['x-1'], title: 'x'.repeat(2000), id: 'sighting-1' },
      '',
    );
    expect(second.result).toBe('exists');
  });

  it('is done once, before anything is written', async () => {
    const { sandbox, reply } = await importOnce({
      sightings: [
        { ...SIGHTING, external_ids: ['x-1'] },
        { ...SIGHTING, external_ids: ['x-1'], title: 'other' },
      ],
    });
    expect(reply.body.results.map((one: { result: string }) => one.result)).toEqual(['created', 'created']);
    expect(sandbox.entities('sighting')).toHaveLength(2);
  });

  it.each([
    ['the first one stored', false],
    ['any of them, under the flag', true],
  ])('of several hits takes %s', async (_, shuffleLookup) => {
    const sandbox = await testSandbox({ shuffleLookup });
    const api = await apiOf(sandbox);
    const twins = Array.from({ length: 8 }, (_, i) => ({ ...SIGHTING, external_ids: ['x-1'], title: `${i}` }));
    for (const twin of twins) await api('POST', '/ctia/sighting?wait_for=true', twin);
    const seen = new Set<string>();
    for (let i = 0; i < 12; i++) {
      const { body } = await api('POST', IMPORT, bundleOf({ sightings: [twins[0]] }));
      seen.add(body.results[0].id);
    }
    const first = sandbox.entities('sighting')[0]?.id;
    if (shuffleLookup) expect(seen.size).toBeGreaterThan(1);
    else expect([...seen]).toEqual([first]);
  });

  it.each([
    ['amber ones of another organisation are not found', 'amber', EVE, 'created'],
    ['green ones of another organisation are', 'green', EVE, 'exists'],
    ['amber ones of a colleague are', 'amber', BOB, 'exists'],
    ['red ones of a colleague are not', 'red', BOB, 'created'],
  ])('%s', async (_, tlp, client, result) => {
    const sandbox = await testSandbox();
    const bundle = bundleOf({ sightings: [{ ...SIGHTING, external_ids: ['x-1'], tlp }] });
    await (await apiOf(sandbox, ALICE))('POST', IMPORT, bundle);
    const { body } = await (await apiOf(sandbox, client))('POST', IMPORT, bundle);
    expect(body.results[0].result).toBe(result);
  });
});

describe('ids', () => {
  it('transient ids are replaced in relationships, those of what exists too', async () => {
    const incidents = [{ ...INCIDENT, id: 'transient:i', external_ids: ['x-i'] }];
    const { sandbox, api } = await importOnce({ incidents });
    await api(
      'POST',
      IMPORT,
      bundleOf({
        incidents,
        sightings: [{ ...SIGHTING, id: 'transient:s' }],
        relationships: [relationship('transient:s', 'transient:i')],
      }),
    );
    expect(sandbox.entities('relationship')).toMatchObject([
      { source_ref: sandbox.entities('sighting')[0]?.id, target_ref: sandbox.entities('incident')[0]?.id },
    ]);
    expect(sandbox.entities('incident')).toHaveLength(1);
  });

  it('are long, with port, and under the name that is shown', async () => {
    const { reply } = await importOnce({ sightings: [SIGHTING] }, { showUrl: 'https://intel.example.org:443' });
    expect(reply.body.results[0].id).toMatch(
      /^https:\/\/intel\.example\.org:443\/ctia\/sighting\/sighting-[0-9a-f-]{36}$/,
    );
  });

  it.each([
    ['a long id of another server', 'https://elsewhere.example.org/ctia/sighting/x', 400, 'Invalid hostname in ID'],
    ['a malformed address', 'http', 400, 'Invalid hostname in ID'],
    ['this server in capitals', 'https://PRIVATE.INTEL.AMP.CISCO.COM:443/ctia/x', 400, 'Invalid hostname in ID'],
    [
      'this server on another port',
      'https://private.intel.amp.cisco.com:1/ctia/x',
      403,
      'Missing capability to specify entity ID',
    ],
    ['a short id', 'relationship-1', 403, 'Missing capability to specify entity ID'],
    ['a transient id with a line end', 'transient:a\nb', 403, 'Missing capability to specify entity ID'],
  ])('%s refuses the request, after earlier waves were written', async (_, id, status, error) => {
    const ref = 'https://private.intel.amp.cisco.com:443/ctia/sighting/sighting-00000000-0000-4000-8000-000000000000';
    const { sandbox, reply } = await importOnce({
      sightings: [SIGHTING],
      relationships: [relationship(ref, ref, { id })],
    });
    expect(reply).toMatchObject({ status, body: { error } });
    expect(sandbox.entities('sighting')).toHaveLength(1);
    expect(sandbox.entities('relationship')).toHaveLength(0);
  });

  it('of an entity with bad contents are not looked at', async () => {
    const { reply } = await importOnce({ sightings: [{ ...SIGHTING, id: 'sighting-1', title: 'x'.repeat(2000) }] });
    expect(reply.status).toBe(200);
    expect(reply.body.results[0]).toMatchObject({ result: 'error' });
    expect(reply.body.results[0]).not.toHaveProperty('original_id');
    expect(reply.body.results[0]).not.toHaveProperty('id');
  });

  it('one transient id on two entities of a type is one document, the second one', async () => {
    const { sandbox, reply } = await importOnce({
      sightings: [
        { ...SIGHTING, id: 'transient:s', title: 'one' },
        { ...SIGHTING, id: 'transient:s', title: 'two' },
      ],
    });
    const [a, b] = reply.body.results;
    expect([a.result, b.result, a.id]).toEqual(['created', 'created', b.id]);
    expect(sandbox.entities('sighting')).toMatchObject([{ title: 'two' }]);
  });

  it('a transient id of something new beats the same one of something that exists', async () => {
    const old = { ...INCIDENT, id: 'transient:i', external_ids: ['x-i'] };
    const { sandbox, api } = await importOnce({ incidents: [old] });
    await api(
      'POST',
      IMPORT,
      bundleOf({
        incidents: [old, { ...INCIDENT, id: 'transient:i', title: 'new' }],
        sightings: [{ ...SIGHTING, id: 'transient:s' }],
        relationships: [relationship('transient:s', 'transient:i')],
      }),
    );
    expect(sandbox.entities('relationship')[0]?.target_ref).toBe(sandbox.entities('incident')[1]?.id);
  });

  it.each([
    [
      'notes',
      'note',
      { note_class: 'x', content: 'y', related_entities: [{ entity_type: 'incident', entity_id: 'transient:i' }] },
      'related_entities',
    ],
    [
      'expressions of indicators',
      'indicator',
      { producer: 'x', composite_indicator_expression: { operator: 'or', indicator_ids: ['transient:i'] } },
      'composite_indicator_expression',
    ],
  ] as const)('in %s are stored as they were typed', async (_, type, entity, field) => {
    const { sandbox } = await importOnce({ incidents: [{ ...INCIDENT, id: 'transient:i' }], [`${type}s`]: [entity] });
    expect(JSON.stringify(sandbox.entities(type)[0]?.[field])).toContain('transient:i');
  });

  it('resolve among relationships, even to one that fails', async () => {
    const { sandbox, reply } = await importOnce({
      relationships: [
        relationship('transient:gone', 'transient:gone', { id: 'transient:bad' }),
        relationship('transient:bad', 'transient:bad', { id: 'transient:dangling' }),
      ],
    });
    const results = byId(reply.body.results);
    expect(results.get('transient:bad')).toMatchObject({ result: 'error' });
    expect(results.get('transient:dangling')).toMatchObject({ result: 'created' });
    expect(sandbox.entities('relationship')).toHaveLength(1);
  });

  it('assets resolve in what is known of them, and nothing else does', async () => {
    const asset = { id: 'transient:a', source: 's', asset_type: 'device', valid_time: {} };
    const properties = (asset_ref: string, id: string) => ({ id, source: 's', asset_ref, valid_time: {} });
    const { sandbox, reply } = await importOnce({
      assets: [asset],
      asset_properties: [properties('transient:a', 'transient:1'), properties('transient:b', 'transient:2')],
    });
    expect(byId(reply.body.results).get('transient:2')).toMatchObject({
      error: expect.stringMatching(/^Cannot resolve asset_ref for transient ID: 'transient:b'/),
    });
    expect(sandbox.entities('asset-properties')).toMatchObject([{ asset_ref: sandbox.entities('asset')[0]?.id }]);
  });
});

describe('who may import', () => {
  it.each([
    ['private-intel', 200],
    ['private-intel:write', 200],
    ['private-intel:read', 403],
    ['private-intel/incident:write', 403],
    ['private-intel/import-bundle:write', 403],
    ['casebook', 403],
  ])('with the scope %s: %i', async (scope, status) => {
    const client = { ...ALICE, scopes: [scope] };
    const api = await apiOf(await testSandbox({ clients: [client] }), client);
    const reply = await api('POST', IMPORT, bundleOf({}));
    expect(reply.status).toBe(status);
    if (status === 403) expect(reply.body.capabilities).toContain('create-weakness');
  });
});

it('what is stored holds what the server sets', async () => {
  const { sandbox } = await importOnce(
    { sightings: [SIGHTING], indicators: [{ producer: 'p' }] },
    { defaultTlp: 'amber' },
  );
  const now = '2025-10-10T12:00:00.000Z';
  expect(sandbox.entities('sighting')[0]).toMatchObject({
    type: 'sighting',
    schema_version: '1.3.30',
    owner: 'alice',
    groups: ['org-1'],
    client_id: 'client-alice',
    created: now,
    modified: now,
    timestamp: now,
    tlp: 'amber',
    count: 1,
    confidence: 'Unknown',
  });
  expect(sandbox.entities('indicator')[0]).toMatchObject({
    valid_time: { start_time: now, end_time: '2525-01-01T00:00:00.000Z' },
  });
});

it('what was imported can be read at once', async () => {
  const { api, reply } = await importOnce({ sightings: [SIGHTING] });
  const id = encodeURIComponent(reply.body.results[0].id);
  expect((await api('GET', `/ctia/sighting/${id}`)).status).toBe(200);
});
