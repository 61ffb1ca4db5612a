import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CtiaClient } from '../../src/ctia/ctia.ts';
import { clientOf, IMPORT_ROUTE, json, reset, type ScriptedServer, type Step, scriptedServer } from './support.ts';

const prefix = 'acme-';
const entity = (name: string) => ({ id: `transient:acme-${name}`, external_ids: [`acme-${name}`] });
const edge = (name: string, from: string, to: string) => ({
  ...entity(name),
  source_ref: `transient:acme-${from}`,
  target_ref: `transient:acme-${to}`,
});
const body = JSON.stringify({
  source: 'test',
  incidents: [entity('i')],
  sightings: [entity('s1'), entity('s2')],
  relationships: [edge('r1', 's1', 'i')],
  incident_refs: ['ignored'],
  verdicts: [{ type: 'verdict' }],
});
const result = (type: string, name: string, outcome = 'created', more = {}) => ({
  original_id: `transient:acme-${name}`,
  id: `https://h:443/ctia/${type}/${type}-${name}`,
  result: outcome,
  type,
  ...more,
});
const all = [
  result('relationship', 'r1'),
  result('sighting', 's2', 'exists'),
  result('incident', 'i', 'updated'),
  result('sighting', 's1'),
];

let server: ScriptedServer;
let client: CtiaClient;
beforeEach(async () => {
  server = await scriptedServer();
  client = clientOf(server);
});
afterEach(async () => {
  await client.close();
  await server.close();
});

describe('importBundle', () => {
  it('sends the body as it is, as JSON, with the prefix', async () => {
    server.on(IMPORT_ROUTE, json(200, { results: all }));
    await client.importBundle(body, { prefix });
    const [sent] = server.calls(IMPORT_ROUTE);
    expect(sent?.body).toBe(body);
    expect([...(sent?.query ?? [])]).toEqual([['external-key-prefixes', 'acme-']]);
    expect(sent?.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('goes through IROH unless told otherwise', async () => {
    const own = clientOf(server, { route: 'iroh' });
    server.on('POST /iroh/private-intel/bundle/import', json(200, { results: all }));
    expect(await own.importBundle(body, { prefix })).toHaveLength(4);
    await own.close();
  });

  it('tells what became of each entity, in the order of the bundle', async () => {
    server.on(IMPORT_ROUTE, json(200, { results: all }));
    const receipts = await client.importBundle(body, { prefix });
    expect(receipts.map(({ type, originalId, result, id }) => [type, originalId, result, id])).toEqual([
      ['incident', 'transient:acme-i', 'updated', 'https://h:443/ctia/incident/incident-i'],
      ['sighting', 'transient:acme-s1', 'created', 'https://h:443/ctia/sighting/sighting-s1'],
      ['sighting', 'transient:acme-s2', 'exists', 'https://h:443/ctia/sighting/sighting-s2'],
      ['relationship', 'transient:acme-r1', 'created', 'https://h:443/ctia/relationship/relationship-r1'],
    ]);
  });

  it('tells of an entity that the server does not mention', async () => {
    server.on(IMPORT_ROUTE, json(200, { results: all.slice(0, 3) }));
    const receipts = await client.importBundle(body, { prefix });
    expect(receipts.map(({ result }) => result)).toEqual(['updated', 'missing', 'exists', 'created']);
  });

  it.each([
    ['a text', { error: 'Entity validation Error' }, 'Entity validation Error'],
    [
      'a text with an explanation',
      { error: 'Entity validation Error', msg: 'title\n  too \u001b[2J long' },
      'Entity validation Error: title too \\x1b[2J long',
    ],
    ['a type', { error: { type: 'mapper_parsing_exception' } }, 'mapper_parsing_exception'],
    ['nothing', {}, 'unknown result error'],
  ])('gives the reason of an error that is %s', async (_, error, reason) => {
    server.on(
      IMPORT_ROUTE,
      json(200, { results: [{ type: 'incident', original_id: 'transient:acme-i', result: 'error', ...error }] }),
    );
    const [receipt] = await client.importBundle(body, { prefix });
    expect(receipt).toMatchObject({ type: 'incident', result: 'error', id: null, reason });
  });

  it('takes a result that it does not know for an error', async () => {
    server.on(IMPORT_ROUTE, json(200, { results: [result('incident', 'i', 'queued')] }));
    expect((await client.importBundle(body, { prefix }))[0]).toMatchObject({
      result: 'error',
      reason: 'unknown result queued',
    });
  });

  it.each([
    ['by external id', { external_ids: ['acme-x'] }, { external_ids: ['acme-x'] }],
    ['by type alone', {}, {}],
    ['by type when the prefix matched nothing', { external_ids: ['other-x'] }, {}],
  ])('matches entities without a transient id %s', async (_, sent, echoed) => {
    server.on(
      IMPORT_ROUTE,
      json(200, { results: [{ type: 'sighting', result: 'created', id: 'https://h/1', ...echoed }] }),
    );
    const bundle = JSON.stringify({ sightings: [sent] });
    expect(await client.importBundle(bundle, { prefix })).toMatchObject([{ result: 'created', id: 'https://h/1' }]);
  });

  it('gives each of several entities that cannot be told apart a result of its own', async () => {
    const results = [
      { type: 'note', result: 'created' },
      { type: 'note', result: 'error' },
    ];
    server.on(IMPORT_ROUTE, json(200, { results }));
    const bundle = JSON.stringify({ notes: [{ content: 'a' }, { content: 'b' }, { content: 'c' }] });
    const receipts = await client.importBundle(bundle, { prefix });
    expect(receipts.map(({ result }) => result)).toEqual(['created', 'error', 'missing']);
  });

  it('takes one result for all entities that are equal, since the server does', async () => {
    server.on(IMPORT_ROUTE, json(200, { results: [result('incident', 'i')] }));
    const bundle = JSON.stringify({ incidents: [entity('i'), entity('i')] });
    expect((await client.importBundle(bundle, { prefix })).map(({ result }) => result)).toEqual(['created', 'created']);
  });

  it.each([
    ['no external id', [{ ...entity('i'), external_ids: undefined }]],
    ['one with another prefix', [{ ...entity('i'), external_ids: ['ACME-i'] }]],
  ])('is not repeated after a reset when an entity has %s', async (_, incidents) => {
    server.on(IMPORT_ROUTE, reset, json(200, { results: [] }));
    const call = client.importBundle(JSON.stringify({ incidents }), { prefix });
    await expect(call).rejects.toMatchObject({ code: 'interrupted', phase: 'unanswered' });
    expect(server.calls(IMPORT_ROUTE)).toHaveLength(1);
  });

  it('runs one at a time, also after one that failed', async () => {
    let running = 0;
    let most = 0;
    const slow: Step = (response, { body: sent }) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running--;
        json(sent.includes('bad') ? 400 : 200, { results: [] })(response);
      }, 10);
    };
    server.on(IMPORT_ROUTE, slow);
    const bundles = ['bad', 'a', 'b'].map((source) => JSON.stringify({ source }));
    const outcomes = await Promise.allSettled(bundles.map((bundle) => client.importBundle(bundle, { prefix })));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(most).toBe(1);
    expect(server.calls(IMPORT_ROUTE).map((seen) => seen.body)).toEqual(bundles);
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['null', 'null'],
  ])('refuses a body that is %s', async (_, bad) => {
    await expect(client.importBundle(bad, { prefix })).rejects.toMatchObject({ code: 'bad-options' });
    expect(server.seen).toEqual([]);
  });
});
