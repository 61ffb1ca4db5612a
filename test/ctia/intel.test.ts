import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CtiaClient } from '../../src/ctia/ctia.ts';
import { openWorld } from '../deliver/world.ts';
import { clientOf, json, type ScriptedServer, type Step, scriptedServer, text } from './support.ts';

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

const one = { id: 'x' };
const wait = '?wait_for=true ';

describe('calls', () => {
  it.each([
    [
      'exportBundle',
      'POST /ctia/bundle/export',
      { type: 'bundle' },
      () => client.exportBundle(['a']),
      '? {"ids":["a"]}',
    ],
    [
      'exportBundle with options',
      'POST /ctia/bundle/export',
      {},
      () =>
        client.exportBundle(['a'], {
          relatedTo: ['target_ref'],
          sourceTypes: ['sighting', 'casebook'],
          targetTypes: ['incident'],
          includeRelated: false,
        }),
      '?related_to=target_ref&source_type=sighting&source_type=casebook&target_type=incident&include_related_entities=false {"ids":["a"]}',
    ],
    [
      'bulk.create',
      'POST /ctia/bulk',
      { notes: ['x'] },
      () => client.bulk.create({ notes: [{}] }),
      `${wait}{"notes":[{}]}`,
    ],
    [
      'bulk.get',
      'GET /ctia/bulk',
      { attack_patterns: [] },
      () => client.bulk.get({ 'attack-pattern': ['a', 'b'], note: ['c'] }),
      '?attack_patterns=a&attack_patterns=b&notes=c ',
    ],
    [
      'bulk.update',
      'PATCH /ctia/bulk',
      {},
      () => client.bulk.update({ notes: [one] }),
      `${wait}{"notes":[{"id":"x"}]}`,
    ],
    [
      'bulk.replace',
      'PUT /ctia/bulk',
      {},
      () => client.bulk.replace({ notes: [one] }),
      `${wait}{"notes":[{"id":"x"}]}`,
    ],
    ['bulk.remove', 'DELETE /ctia/bulk', {}, () => client.bulk.remove({ note: ['x'] }), `${wait}{"notes":["x"]}`],
    [
      'setIncidentStatus',
      'POST /ctia/incident/i-1/status',
      one,
      () => client.setIncidentStatus('i-1', 'Open'),
      '? {"status":"Open"}',
    ],
    [
      'linkCasebook',
      'POST /ctia/incident/i-1/link',
      one,
      () => client.linkCasebook('https://h:443/ctia/incident/i-1', 'https://h:443/c'),
      '? {"casebook_id":"https://h:443/c"}',
    ],
    [
      'averageInterval',
      'GET /ctia/incident/metric/average',
      {},
      () => client.averageInterval('new_to_opened', '2025', '2026'),
      '?aggregate-on=intervals.new_to_opened&from=2025&to=2026 ',
    ],
    [
      'expireJudgement',
      'POST /ctia/judgement/j-1/expire',
      one,
      () => client.expireJudgement('j-1', 'no longer'),
      '?reason=no+longer ',
    ],
    [
      'changeCasebook',
      'POST /ctia/casebook/c-1/texts',
      one,
      () => client.changeCasebook('c-1', 'texts', { operation: 'add', items: [{ type: 't', text: 'x' }] }),
      '? {"operation":"add","texts":[{"type":"t","text":"x"}]}',
    ],
    [
      'verdict',
      'GET /ctia/url/http%3A%2F%2Fh%2F%3Fa%3Db/verdict',
      { disposition: 2 },
      () => client.verdict('url', 'http://h/?a=b'),
      '? ',
    ],
    ['judgementsOf', 'GET /ctia/ip/192.0.2.1/judgements', [one], () => client.judgementsOf('ip', '192.0.2.1'), '? '],
    ['sightingsOf', 'GET /ctia/ip/192.0.2.1/sightings', [one], () => client.sightingsOf('ip', '192.0.2.1'), '? '],
    [
      'relatedIds',
      'GET /ctia/ip/192.0.2.1/sightings/incidents',
      ['x'],
      () => client.relatedIds('ip', '192.0.2.1', 'sightings/incidents'),
      '? ',
    ],
    ['status', 'GET /ctia/status', { status: 'ok' }, () => client.status(), '? '],
    ['version', 'GET /ctia/version', { base: '/ctia' }, () => client.version(), '? '],
    [
      'inspect',
      'POST /iroh/iroh-inspect/inspect',
      [{ type: 'ip', value: '192.0.2.1' }],
      () => client.inspect('from 192[.]0[.]2[.]1'),
      '? {"content":"from 192[.]0[.]2[.]1"}',
    ],
  ])('%s', async (_, route, answer, call, request) => {
    server.on(route, json(200, answer));
    expect(await call()).toEqual(answer);
    const last = server.seen.at(-1);
    expect(`${last?.route}?${last?.query} ${last?.body}`).toBe(route + request);
  });

  it.each([
    ['verdict', 'GET /ctia/ip/192.0.2.1/verdict', () => client.verdict('ip', '192.0.2.1')],
    ['setIncidentStatus', 'POST /ctia/incident/i-1/status', () => client.setIncidentStatus('i-1', 'Open')],
    ['expireJudgement', 'POST /ctia/judgement/j-1/expire', () => client.expireJudgement('j-1', 'r')],
    [
      'changeCasebook',
      'POST /ctia/casebook/c-1/texts',
      () => client.changeCasebook('c-1', 'texts', { operation: 'add', items: [] }),
    ],
    ['feedValues', 'GET /ctia/feed/f-1/view.txt', () => client.feedValues('f-1', 's')],
  ])('%s is null for what is not there', async (_, route, call) => {
    server.on(route, json(404, { message: 'nothing' }));
    expect(await call()).toBeNull();
  });

  it.each([
    [
      'relatedIds',
      'GET /ctia/ip/1/sightings/incidents',
      [1],
      () => client.relatedIds('ip', '1', 'sightings/incidents'),
    ],
    ['history', 'GET /ctia/event/history/i-1', [1], () => client.history('i-1')],
    ['inspect', 'POST /iroh/iroh-inspect/inspect', [1], () => client.inspect('')],
    ['verdict', 'GET /ctia/ip/1/verdict', { type: 'verdict' }, () => client.verdict('ip', '1')],
  ])('%s refuses an answer of another shape', async (_, route, answer, call) => {
    server.on(route, json(200, answer));
    await expect(call()).rejects.toMatchObject({ code: 'bad-answer' });
  });
});

describe('exportBundle', () => {
  const EXPORT = 'POST /ctia/bundle/export';
  const bundle = { type: 'bundle', source: 'ctia', notes: Array.from({ length: 300 }, (_, i) => ({ id: `ü${i}` })) };
  /** Sends the answer in pieces that end anywhere. */
  const inPieces: Step = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const bytes = Buffer.from(JSON.stringify(bundle));
    for (let at = 0; at < bytes.length; at += 7) response.write(bytes.subarray(at, at + 7));
    response.end();
  };

  it('reads the answer as it comes', async () => {
    server.on(EXPORT, inPieces);
    expect(await client.exportBundle(['a'])).toEqual(bundle);
  });

  it.each([
    ['entities', { maxEntities: 299 }, 'answer above 299 entities'],
    ['bytes', { maxBytes: 1000 }, 'answer above 1000 bytes'],
  ])('stops at the bound of %s, and does not ask again', async (_, options, message) => {
    server.on(EXPORT, inPieces);
    await expect(client.exportBundle(['a'], options)).rejects.toMatchObject({
      code: 'answer-too-large',
      message: expect.stringContaining(message),
    });
    expect(server.calls(EXPORT)).toHaveLength(1);
  });

  it.each([
    ['breaks off', text(200, '{"notes":[{"id":"1"}')],
    ['is no JSON', text(200, '<html></html>')],
    ['is an error, told by its text', json(500, { error: 'ES is red' })],
  ])('asks again when the answer %s', async (_, step) => {
    server.on(EXPORT, step, inPieces);
    expect(await client.exportBundle(['a'])).toEqual(bundle);
    expect(server.calls(EXPORT)).toHaveLength(2);
  });

  it('tells what the server said', async () => {
    server.on(EXPORT, json(400, { errors: { ids: 'missing-required-key' } }));
    await expect(client.exportBundle([])).rejects.toMatchObject({ serverMessage: 'ids: missing-required-key' });
  });
});

it('feedValues reads what a firewall would, without a token', async () => {
  server.on('GET /ctia/feed/f-1/view.txt', text(200, '192.0.2.1\n192.0.2.2'));
  expect(await client.feedValues('f-1', 'a secret')).toEqual(['192.0.2.1', '192.0.2.2']);
  expect(server.seen.map(({ query, headers }) => [query.get('s'), headers.authorization])).toEqual([
    ['a secret', undefined],
  ]);
  server.on('GET /ctia/feed/f-1/view.txt', text(200, ''));
  expect(await client.feedValues('f-1', 'a secret')).toEqual([]);
});

it('history tells who changed an entity, in bursts', async () => {
  const { sandbox, client: real } = await openWorld();
  const incidents = real.entities('incident');
  const { id } = await incidents.create({
    status: 'New',
    confidence: 'High',
    incident_time: { opened: '2026-01-01T00:00:00.000Z' },
  });
  await incidents.update(id, { title: 'Another one' });
  sandbox.advance(60_000);
  await incidents.update(id, { title: 'Yet another one' });
  const history = await real.history(id);
  expect(history.map(({ count, events }) => [count, events.map(({ event_type: type }) => type)])).toEqual([
    [1, ['record-updated']],
    [2, ['record-updated', 'record-created']],
  ]);
  expect(history.every(({ from, to }) => Date.parse(from) <= Date.parse(to))).toBe(true);
  expect(new Set(history.map(({ owner }) => owner)).size).toBe(1);
  expect(await real.history('incident-none')).toEqual([]);
});
