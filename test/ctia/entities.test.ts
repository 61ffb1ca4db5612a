import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COLLECTIONS, type CtiaClient, type EntityName } from '../../src/ctia/ctia.ts';
import {
  clientOf,
  type FakeTiming,
  fakeTiming,
  json,
  reset,
  type ScriptedServer,
  scriptedServer,
  text,
} from './support.ts';

const ID = 'https://private.intel.amp.cisco.com:443/ctia/incident/incident-1';
const PATH = `/ctia/incident/${encodeURIComponent(ID)}`;
const stored = { id: ID, title: 't' };

let server: ScriptedServer;
let client: CtiaClient;
let timing: FakeTiming;
beforeEach(async () => {
  server = await scriptedServer();
  timing = fakeTiming();
  client = clientOf(server, { timing });
});
afterEach(async () => {
  await client.close();
  await server.close();
});

/** The one request of the API itself, as `method path?query body`. */
function sent(): string {
  const [one, ...more] = server.seen.filter(({ route }) => route.includes('/ctia/'));
  expect(more).toEqual([]);
  return `${one?.route}?${one?.query} ${one?.body}`;
}

describe('entities', () => {
  it.each([
    [
      'create',
      'POST /ctia/incident',
      201,
      stored,
      () => client.entities('incident').create({ title: 't' }),
      stored,
      '?wait_for=true {"title":"t"}',
    ],
    [
      'get',
      `GET ${PATH}`,
      200,
      stored,
      () => client.entities('incident').get(ID, ['id', 'title']),
      stored,
      '?fields=id&fields=title ',
    ],
    [
      'replace',
      `PUT ${PATH}`,
      200,
      stored,
      () => client.entities('incident').replace(ID, {}),
      stored,
      '?wait_for=true {}',
    ],
    [
      'update',
      `PATCH ${PATH}`,
      200,
      stored,
      () => client.entities('incident').update(ID, { a: [1] }),
      stored,
      '?wait_for=true {"a":[1]}',
    ],
    ['remove', `DELETE ${PATH}`, 204, '', () => client.entities('incident').remove(ID), true, '?wait_for=true '],
    [
      'byExternalId',
      'GET /ctia/incident/external_id/a%2Fb',
      200,
      [{ id: '1', external_ids: ['a/b'] }, { id: '2', external_ids: ['A/B'] }, { id: '3' }],
      () => client.entities('incident').byExternalId('a/b'),
      [{ id: '1', external_ids: ['a/b'] }],
      '? ',
    ],
    [
      'removeAll, only counted',
      'DELETE /ctia/incident/search',
      200,
      3,
      () => client.entities('incident').removeAll({ source: 'x' }, { really: false }),
      3,
      '?source=x ',
    ],
    [
      'removeAll',
      'DELETE /ctia/incident/search',
      200,
      3,
      () => client.entities('incident').removeAll({ severity: 'Low' }, { really: true }),
      3,
      '?query=severity%3A%28%22Low%22%29&REALLY_DELETE_ALL_THESE_ENTITIES=true ',
    ],
    [
      'histogram',
      'GET /ctia/incident/metric/histogram',
      200,
      { data: {} },
      () => client.entities('incident').histogram({ from: '2025', aggregateOn: 'timestamp', granularity: 'day' }),
      { data: {} },
      '?from=2025&aggregate-on=timestamp&granularity=day ',
    ],
    [
      'topn',
      'GET /ctia/incident/metric/topn',
      200,
      { data: {} },
      () =>
        client
          .entities('incident')
          .topn({ from: '2025', to: '2026', aggregateOn: 'source', limit: 3, filters: { status: 'New' } }),
      { data: {} },
      '?status=New&from=2025&to=2026&aggregate-on=source&limit=3 ',
    ],
    [
      'cardinality',
      'GET /ctia/incident/metric/cardinality',
      200,
      { data: {} },
      () => client.entities('incident').cardinality({ from: '2025', aggregateOn: 'source' }),
      { data: {} },
      '?from=2025&aggregate-on=source ',
    ],
  ])('%s', async (_, route, status, answer, call, expected, request) => {
    server.on(route, answer === '' ? text(status, '') : json(status, answer));
    expect(await call()).toEqual(expected);
    expect(sent()).toBe(route + request);
  });

  it.each([
    ['get', `GET ${PATH}`, () => client.entities('incident').get(ID), null],
    ['replace', `PUT ${PATH}`, () => client.entities('incident').replace(ID, {}), null],
    ['update', `PATCH ${PATH}`, () => client.entities('incident').update(ID, {}), null],
    ['remove', `DELETE ${PATH}`, () => client.entities('incident').remove(ID), false],
  ])('%s of what is not there', async (_, route, call, expected) => {
    server.on(route, text(404, ''));
    expect(await call()).toBe(expected);
  });

  it('remove is carried out again after a lost answer, and nobody minds that it had worked', async () => {
    server.on(`DELETE ${PATH}`, reset, text(404, ''));
    expect(await client.entities('incident').remove(ID)).toBe(false);
  });

  it('a foreign entity is an error, not an absence', async () => {
    server.on(`GET ${PATH}`, json(403, { error: 'Access Control validation Client Error' }));
    await expect(client.entities('incident').get(ID)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it.each(Object.keys(COLLECTIONS) as EntityName[])('has the same routes for %s', async (name) => {
    server.on(`GET /ctia/${name}/x-1`, json(200, { id: 'x-1' }));
    expect(await client.entities(name).get('x-1')).toEqual({ id: 'x-1' });
  });
});

describe('ensure', () => {
  const CREATE = 'POST /ctia/note';
  const FIND = 'GET /ctia/note/external_id/acme-1';
  const note = { external_ids: ['acme-1'], content: 'x' };
  const kept = { id: 'n-1', ...note };
  const ensure = () => client.entities('note').ensure(note);

  it('leaves what is there as it is', async () => {
    server.on(FIND, json(200, [kept]));
    expect(await ensure()).toEqual(kept);
    expect(server.calls(CREATE)).toEqual([]);
  });

  it('stores what is not', async () => {
    server.on(FIND, json(200, []));
    server.on(CREATE, json(201, kept));
    expect(await ensure()).toEqual(kept);
  });

  it.each([
    ['had worked', [json(200, []), json(200, [kept])], 1, [3250]],
    ['was to a request still under way', [json(200, []), json(200, []), json(200, [kept])], 1, [3250, 3000]],
    ['had not worked', [json(200, [])], 2, [3250, 3000]],
  ])('looks again after a lost answer that %s', async (_, finds, creations, slept) => {
    server.on(FIND, ...finds);
    server.on(CREATE, reset, json(201, kept));
    expect(await ensure()).toEqual(kept);
    expect(server.calls(CREATE)).toHaveLength(creations);
    expect(timing.slept).toEqual(slept);
  });

  it('gives up in the end, and at once where trying again is pointless', async () => {
    server.on(FIND, json(200, []));
    server.on(CREATE, text(500, ''));
    await expect(ensure()).rejects.toMatchObject({ code: 'server-error' });
    expect(server.calls(CREATE)).toHaveLength(6);
    server.on(CREATE, text(400, ''));
    await expect(ensure()).rejects.toMatchObject({ code: 'bad-request' });
    expect(server.calls(CREATE)).toHaveLength(7);
  });

  it('needs an external id', async () => {
    await expect(client.entities('note').ensure({})).rejects.toMatchObject({ code: 'bad-options' });
    expect(server.seen).toEqual([]);
  });
});

describe('scopes that allow it', () => {
  it.each([
    ['private-intel', 'casebook', 'write', true],
    ['private-intel:write', 'casebook', 'write', true],
    ['private-intel:read', 'casebook', 'write', false],
    ['private-intel:read', 'casebook', 'read', true],
    ['private-intel:write', 'casebook', 'read', false],
    ['private-intel/casebook', 'casebook', 'write', true],
    ['private-intel/casebook:read', 'casebook', 'write', false],
    ['casebook', 'casebook', 'write', true],
    ['casebook:read', 'casebook', 'read', true],
    ['casebook', 'incident', 'read', false],
    ['asset:write', 'asset-mapping', 'write', true],
    ['private-intel/incident:write', 'sighting', 'write', false],
    ['', 'incident', 'read', true],
  ] as const)('"%s": %s %s is %j', async (scope, name, access, allowed) => {
    server.on('POST /iroh/oauth2/token', json(200, { access_token: 't', scope }));
    server.on(`POST /ctia/${name}`, json(201, { id: 'x' }));
    server.on(`GET /ctia/${name}/x`, json(200, { id: 'x' }));
    const call = access === 'read' ? client.entities(name).get('x') : client.entities(name).create({});
    if (allowed) expect(await call).toEqual({ id: 'x' });
    else await expect(call).rejects.toMatchObject({ code: 'missing-scope' });
  });
});
