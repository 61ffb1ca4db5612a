import { describe, expect, it } from 'vitest';
import { inspect } from '../../../src/sandbox/routes/inspect.ts';
import { ALICE, apiOf, bundleOf, INCIDENT, JUDGEMENT, make, request, SIGHTING, testSandbox } from '../support.ts';

const BASE = '/iroh/private-intel';
const NOTE = { note_class: 'n', content: 'c', related_entities: [] };

it('imports into the same store', async () => {
  const sandbox = await testSandbox();
  const api = await apiOf(sandbox);
  const reply = await api(
    'POST',
    `${BASE}/bundle/import?external-key-prefixes=x-`,
    bundleOf({ sightings: [SIGHTING] }),
  );
  expect(reply).toMatchObject({ status: 200, body: { results: [{ result: 'created' }] } });
  expect(sandbox.entities('sighting')).toHaveLength(1);
});

it('has the routes of incidents and notes', async () => {
  const sandbox = await testSandbox({ refreshMs: 0 });
  const api = await apiOf(sandbox);
  const made = await api('POST', `${BASE}/incident`, { ...INCIDENT, tactics: ['TA0001'], schema_version: '1.3.30' });
  expect(made.status).toBe(201);
  const at = `${BASE}/incident/${encodeURIComponent(made.body.id)}`;
  expect((await api('GET', at)).body.id).toBe(made.body.id);
  expect((await api('PATCH', at, { title: 'new' })).body.title).toBe('new');
  expect((await api('POST', `${at}/status`, { status: 'Open' })).body.status).toBe('Open');
  expect((await api('GET', `${at}/tactics`)).body).toEqual(['TA0001']);
  expect((await api('GET', `${BASE}/incident/search?high_impact=true`)).body).toHaveLength(1);
  expect((await api('GET', `${BASE}/incident-summary/search`)).body).toHaveLength(1);
  expect((await api('POST', `${BASE}/note`, NOTE)).status).toBe(200);
  expect((await api('DELETE', `${BASE}/bulk`, { incidents: [made.body.id] })).status).toBe(200);
  expect((await api('GET', `${at}/tactics`)).status).toBe(404);
});

describe('errors have a shape of their own', () => {
  it.each([
    ['of shape', 'POST', '/bundle/import', {}, 400, 'invalid_request'],
    [
      'a schema version of another time',
      'POST',
      '/note',
      { ...NOTE, schema_version: '1.3.29' },
      400,
      'invalid_request',
    ],
    [
      'a score that it does not know',
      'POST',
      '/incident',
      { ...INCIDENT, scores: { ml_score: 1 } },
      400,
      'invalid_request',
    ],
    [
      'a score that is no integer',
      'POST',
      '/incident',
      { ...INCIDENT, scores: { asset: 1.5 } },
      400,
      'invalid_request',
    ],
    ['an incident that is not there', 'GET', '/incident/incident-0', undefined, 404, 'not_found'],
  ])('%s', async (_, method, path, body, status, error) => {
    const api = await apiOf(await testSandbox());
    const reply = await api(method, BASE + path, body);
    expect(reply.status).toBe(status);
    expect(reply.body).toEqual({ error, error_description: expect.any(String), trace_id: expect.any(String) });
  });

  it('without a token', async () => {
    const reply = await request(await testSandbox(), 'GET', `${BASE}/incident/search`);
    expect(reply).toMatchObject({ status: 401, body: { error: 'not_authenticated', trace_id: expect.any(String) } });
  });

  it('but pages of gateways and unknown addresses stay pages', async () => {
    const sandbox = await testSandbox({ faults: ['bad-gateway'] });
    const api = await apiOf(sandbox);
    expect((await api('GET', `${BASE}/incident/search`)).text).toContain('502 Bad Gateway');
    expect((await api('GET', `${BASE}/bundle/export`)).text).toContain('404 Not Found');
  });
});

it('a single entity of CTIA may have another schema version', async () => {
  const api = await apiOf(await testSandbox());
  expect((await api('POST', '/ctia/note', { ...NOTE, schema_version: '1.0' })).status).toBe(201);
});

describe('inspect', () => {
  it.each([
    [
      '203.0.113.9, 2001:db8::1',
      [
        ['ip', '203.0.113.9'],
        ['ipv6', '2001:db8::1'],
      ],
    ],
    [
      'see hxxps://evil[.]example/a?b and evil[.]example.',
      [
        ['url', 'https://evil.example/a?b'],
        ['domain', 'evil.example'],
      ],
    ],
    ['d41d8cd98f00b204e9800998ecf8427e', [['md5', 'd41d8cd98f00b204e9800998ecf8427e']]],
    [
      '(bob@example.org) 203.0.113.9 203.0.113.9',
      [
        ['email', 'bob@example.org'],
        ['ip', '203.0.113.9'],
      ],
    ],
    ['nothing to see', []],
  ])('%s', (content, expected) => {
    expect(inspect(content).map(({ type, value }) => [type, value])).toEqual(expected);
  });

  it('needs its scope, and a text', async () => {
    const client = { ...ALICE, scopes: ['private-intel'] };
    const poor = await apiOf(await testSandbox({ clients: [client] }), client);
    expect((await poor('POST', '/iroh/iroh-inspect/inspect', { content: 'x' })).status).toBe(403);
    const api = await apiOf(await testSandbox());
    expect((await api('POST', '/iroh/iroh-inspect/inspect', {})).status).toBe(400);
    expect((await api('POST', '/iroh/iroh-inspect/inspect', { content: '192.0.2.1' })).body).toEqual([
      { type: 'ip', value: '192.0.2.1' },
    ]);
  });
});

it('deliberates what private intelligence knows', async () => {
  const api = await apiOf(await testSandbox());
  await make(api, 'judgement', JUDGEMENT);
  const ask = (body: unknown) => api('POST', '/iroh/iroh-enrich/deliberate/observables', body);
  expect((await ask([JUDGEMENT.observable])).body.data[0].data.verdicts).toMatchObject({
    count: 1,
    docs: [{ disposition: 2 }],
  });
  expect((await ask([{ type: 'ip', value: '192.0.2.1' }])).body.data[0].data).toEqual({});
  expect((await ask([{}])).status).toBe(400);
  expect((await ask({})).status).toBe(400);
});
