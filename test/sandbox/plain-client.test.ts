import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { ALICE, bundleOf, INCIDENT, INDICATOR, JUDGEMENT, SIGHTING, testSandbox } from './support.ts';

/**
 * Requests in the very shape that Cisco's client for Python (`threatresponse`, upon `requests`) gives them: its token
 * request, its headers, its paths with every part percent-encoded whole, its query parameters, its way of writing JSON.
 */
const PYTHON = { 'user-agent': 'python-requests/2.32.3', 'accept-encoding': 'gzip, deflate', connection: 'keep-alive' };

interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers have as many shapes as there are routes.
  readonly body: any;
}

function send(
  sandbox: Sandbox,
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '',
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const call = request(sandbox.url + path, { method, headers: { ...PYTHON, ...length, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = response.headers['content-type']?.startsWith('application/json') === true;
        resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : text });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** `json.dumps`: spaces after separators, everything beyond ASCII escaped. */
function dumps(value: unknown): string {
  const text = JSON.stringify(value, null, 1).replace(/\n */g, ' ');
  return text.replace(/[^\u0020-\u007e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** `quote(part, safe='')` of each part, slashes at its ends taken off. */
function join(base: string, ...parts: readonly string[]): string {
  const quoted = parts.map((part) =>
    encodeURIComponent(part.replace(/^\/+|\/+$/g, '')).replace(
      /[!'()*]/g,
      (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  );
  return [base, ...quoted].join('/');
}

type Params = Readonly<Record<string, string | number | readonly string[]>>;

/** The client's calls, by a token that it asked for as it does. */
async function login(sandbox: Sandbox) {
  const { body } = await send(
    sandbox,
    'POST',
    '/iroh/oauth2/token',
    {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(`${ALICE.clientId}:${ALICE.clientPassword}`).toString('base64')}`,
    },
    'grant_type=client_credentials',
  );
  const authorization = `Bearer ${body.access_token}`;
  const call = (method: string, path: string, { params = {}, json }: { params?: Params; json?: unknown } = {}) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(params)) {
      for (const each of [value].flat()) query.append(name, String(each));
    }
    const headers = {
      accept: '*/*',
      authorization,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const url = query.size === 0 ? path : `${path}?${query}`;
    return send(sandbox, method, url, headers, json === undefined ? '' : dumps(json));
  };
  return { call, authorization };
}

const WAIT: Params = { wait_for: 'true' };
const NOW = '2025-10-10T00:00:00.000Z';

describe('Cisco’s client for Python', () => {
  it('tries a ready token before anything else', async () => {
    const sandbox = await testSandbox();
    const { authorization } = await login(sandbox);
    const headers = { accept: 'application/json', authorization };
    expect((await send(sandbox, 'GET', '/iroh/iroh-enrich/settings', headers)).status).toBe(200);
    expect((await send(sandbox, 'GET', '/iroh/iroh-enrich/settings', { accept: 'application/json' })).status).toBe(401);
  });

  it.each([
    ['actor', { actor_types: ['Hacker'], title: 't', description: 'd', short_description: 's', source: 'a' }, 'source'],
    ['attack-pattern', { title: 'é', description: 'd', short_description: 's', source: 'a' }, 'source'],
    ['incident', { ...INCIDENT, source: 'a' }, 'status'],
    ['indicator', { ...INDICATOR, source: 'a' }, 'producer'],
    ['relationship', { relationship_type: 'x', source_ref: ref('sighting'), target_ref: ref('incident') }, 'source'],
    ['sighting', { ...SIGHTING, source: 'a' }, 'source'],
    ['asset', { asset_type: 'device', valid_time: {}, source: 'a' }, 'asset_type'],
  ])('posts, gets, searches, counts, measures, puts and deletes a %s', async (type, entity, topField) => {
    const sandbox = await testSandbox({ refreshMs: 0 });
    const { call } = await login(sandbox);
    const url = `/ctia/${type}`;
    const made = await call('POST', url, { json: { ...entity, external_ids: ['3'] }, params: WAIT });
    expect(made.status).toBe(201);
    const short = made.body.id.split('/').at(-1);
    expect((await call('GET', join(url, short))).body).toEqual(made.body);
    expect((await call('GET', join(url, made.body.id))).body).toEqual(made.body);
    expect((await call('GET', join(url, 'external_id', '3'))).body).toEqual([made.body]);
    expect((await call('GET', join(url, 'search'), { params: { id: short } })).body).toEqual([made.body]);
    expect((await call('GET', join(url, 'search', 'count'))).body).toBe(1);
    const from = { from: NOW };
    const histogram = { ...from, granularity: 'week', 'aggregate-on': 'timestamp' };
    expect((await call('GET', join(url, 'metric', 'histogram'), { params: histogram })).body.type).toBe('histogram');
    for (const metric of ['topn', 'cardinality']) {
      const params = { ...from, 'aggregate-on': topField };
      expect((await call('GET', join(url, 'metric', metric), { params })).body.type).toBe(metric);
    }
    const changed = await call('PUT', join(url, made.body.id), { json: { ...entity, source: 'new source point' } });
    expect(changed).toMatchObject({ status: 200, body: { source: 'new source point' } });
    const really = { id: short, REALLY_DELETE_ALL_THESE_ENTITIES: 'true' };
    expect(await call('DELETE', join(url, 'search'), { params: really })).toEqual({ status: 200, body: 1 });
    expect(await call('DELETE', join(url, short))).toEqual({ status: 404, body: '' });
  });

  it('imports, exports and looks around from an observable', async () => {
    const sandbox = await testSandbox();
    const { call } = await login(sandbox);
    const observable = { type: 'url', value: "http://bad.example/a b?q='(1)*!" };
    const bundle = bundleOf({
      incidents: [{ ...INCIDENT, id: 'transient:i' }],
      sightings: [{ ...SIGHTING, id: 'transient:s', observables: [observable] }],
      indicators: [{ ...INDICATOR, id: 'transient:n' }],
      judgements: [{ ...JUDGEMENT, id: 'transient:j', observable }],
      relationships: [
        { relationship_type: 'member-of', source_ref: 'transient:s', target_ref: 'transient:i' },
        { relationship_type: 'sighting-of', source_ref: 'transient:s', target_ref: 'transient:n' },
        { relationship_type: 'element-of', source_ref: 'transient:j', target_ref: 'transient:n' },
      ],
    });
    const params = { 'external-key-prefixes': 'x-' };
    const { body } = await call('POST', '/ctia/bundle/import', { json: bundle, params });
    const ids = new Map<string, string>(
      body.results.map((it: { original_id: string; id: string }) => [it.original_id, it.id]),
    );
    const [incident = '', indicator = ''] = [ids.get('transient:i'), ids.get('transient:n')];
    const at = (last: string) => call('GET', join('/ctia', observable.type, observable.value, last));
    expect((await at('verdict')).body).toMatchObject({ disposition_name: 'Malicious', observable });
    expect((await at('judgements')).body).toHaveLength(1);
    expect((await at('sightings')).body).toHaveLength(1);
    expect((await at('sightings/incidents')).body).toEqual([incident]);
    expect((await at('sightings/indicators')).body).toEqual([indicator]);
    expect((await at('judgements/indicators')).body).toEqual([indicator]);
    const exported = await call('GET', '/ctia/bundle/export', { params: { ids: [incident, indicator] } });
    expect(Object.keys(exported.body).sort()).toEqual(
      ['type', 'source', 'incidents', 'indicators', 'judgements', 'relationships', 'sightings'].sort(),
    );
    expect((await call('POST', '/ctia/bundle/export', { json: { ids: [incident] } })).body.incidents).toHaveLength(1);
  });

  it('changes, links and expires', async () => {
    const sandbox = await testSandbox({ refreshMs: 0 });
    const { call } = await login(sandbox);
    const post = async (type: string, json: object) =>
      (await call('POST', `/ctia/${type}`, { json, params: WAIT })).body;
    const incident = await post('incident', INCIDENT);
    const short = incident.id.split('/').at(-1);
    const change = join('/ctia/incident', incident.id);
    expect((await call('PATCH', change, { json: { title: 'neu ☃' } })).body.title).toBe('neu ☃');
    const status = await call('POST', join('/ctia/incident', short, 'status'), { json: { status: 'Open' } });
    expect(status.body.status).toBe('Open');
    const casebook = await post('casebook', { title: 'c' });
    const link = { json: { casebook_id: casebook.id } };
    expect((await call('POST', join('/ctia/incident', short, 'link'), link)).status).toBe(201);
    const change2 = { json: { operation: 'add', observables: [{ type: 'ip', value: '192.0.2.1' }] } };
    expect((await call('POST', join('/ctia/casebook', casebook.id, 'observables'), change2)).status).toBe(200);
    const judgement = await post('judgement', JUDGEMENT);
    const expire = join('/ctia/judgement', judgement.id, 'expire');
    // The client has the reason in the body; the server wants it in the query.
    expect((await call('POST', expire, { json: { reason: 'over' } })).status).toBe(400);
    expect((await call('POST', expire, { json: {}, params: { reason: 'over' } })).body.reason).toBe('over');
    const history = await call('GET', join('/ctia/event', 'history', incident.id));
    expect(history.body.length).toBeGreaterThan(0);
    const bulk = await call('POST', '/ctia/bulk', { json: { sightings: [SIGHTING] }, params: WAIT });
    expect(bulk).toMatchObject({ status: 201, body: { sightings: [expect.stringContaining('/sighting/')] } });
  });

  it('reads a feed', async () => {
    const sandbox = await testSandbox({ refreshMs: 0 });
    const { call } = await login(sandbox);
    const indicator = (await call('POST', '/ctia/indicator', { json: INDICATOR })).body;
    const json = { feed_type: 'indicator', output: 'observables', indicator_id: indicator.id, title: 'f' };
    const feed = (await call('POST', '/ctia/feed', { json })).body;
    const params = { s: feed.secret };
    expect((await call('GET', join('/ctia/feed', feed.id, 'view'), { params })).body).toEqual({ observables: [] });
    expect(await call('GET', join('/ctia/feed', feed.id, 'view.txt'), { params })).toEqual({ status: 200, body: '' });
  });

  it('asks for verdicts and targets of what stands in a text', async () => {
    const sandbox = await testSandbox({ refreshMs: 0 });
    const { call } = await login(sandbox);
    const observables = [JUDGEMENT.observable];
    const targets = [{ type: 'endpoint', observables, observed_time: SIGHTING.observed_time }];
    await call('POST', '/ctia/judgement', { json: JUDGEMENT });
    await call('POST', '/ctia/sighting', { json: { ...SIGHTING, observables, targets } });
    const inspected = await call('POST', '/iroh/iroh-inspect/inspect', { json: { content: 'from 203.0.113.9' } });
    expect(inspected.body).toEqual(observables);
    const ask = async (what: string, name: string) => {
      const { body } = await call('POST', `/iroh/iroh-enrich/${what}/observables`, { json: inspected.body });
      const [{ module, module_type_id, module_instance_id, data }] = body.data;
      for (const text of [module, module_type_id, module_instance_id]) expect(text).toEqual(expect.any(String));
      return data[name].docs;
    };
    expect(await ask('deliberate', 'verdicts')).toMatchObject([
      { observable: JUDGEMENT.observable, disposition: 2, valid_time: { end_time: expect.any(String) } },
    ]);
    expect(await ask('observe', 'sightings')).toMatchObject([{ targets }]);
    expect((await call('POST', '/iroh/iroh-enrich/observe/observables', { json: [] })).body.data[0].data).toEqual({});
  });
});

const run = promisify(execFile);
const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false,
);

it.skipIf(!hasCurl)('curl gets a token, imports and searches', async () => {
  const sandbox = await testSandbox();
  const curl = async (path: string, ...args: readonly string[]) => {
    const { stdout } = await run('curl', ['--silent', '--fail-with-body', ...args, sandbox.url + path]);
    return JSON.parse(stdout);
  };
  const user = `${ALICE.clientId}:${ALICE.clientPassword}`;
  const { access_token } = await curl('/iroh/oauth2/token', '--user', user, '--data', 'grant_type=client_credentials');
  const token = ['--header', `Authorization: Bearer ${access_token}`];
  const body = ['--json', JSON.stringify(bundleOf({ sightings: [{ ...SIGHTING, external_ids: ['x-1'] }] }))];
  const { results } = await curl('/iroh/private-intel/bundle/import?external-key-prefixes=x-', ...token, ...body);
  expect(results).toMatchObject([{ result: 'created', external_ids: ['x-1'] }]);
  const found = await curl('/ctia/sighting/search', '--get', '--data-urlencode', 'query=external_ids:"x-1"', ...token);
  expect(found).toMatchObject([{ id: results[0].id }]);
  expect(await curl('/ctia/version')).toMatchObject({ base: '/ctia' });
});

function ref(type: string): string {
  return `https://private.intel.amp.cisco.com:443/ctia/${type}/${type}-00000000-0000-4000-8000-000000000000`;
}
