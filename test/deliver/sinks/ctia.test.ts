import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CtiaClient } from '../../../src/ctia/ctia.ts';
import { ctiaSink, type Sink } from '../../../src/deliver/deliver.ts';
import {
  clientOf,
  IMPORT_ROUTE,
  json,
  reset,
  type ScriptedServer,
  type Step,
  scriptedServer,
  TOKEN_ROUTE,
  text,
} from '../../ctia/support.ts';

const xid = (name: string) => ({ id: `transient:acme-${name}`, external_ids: [`acme-${name}`] });
const edge = (name: string, from: string) => ({
  ...xid(name),
  source_ref: `transient:acme-${from}`,
  target_ref: 'transient:acme-i',
});
const parcel = {
  key: 'k',
  incident: 'acme-i',
  body: JSON.stringify({
    source: 'test',
    incidents: [xid('i')],
    sightings: [xid('s1'), xid('s2')],
    relationships: [edge('r1', 's1'), edge('r2', 's2')],
  }),
};

/** Answers an import with an outcome for each entity sent: `created`, unless told otherwise; null: not mentioned. */
function outcomes(special: Readonly<Record<string, string | null>>): Step {
  return (response, { body }) => {
    const { source: _, ...lists } = JSON.parse(body) as Record<string, { id: string }[]> & { source: string };
    const results = Object.entries(lists).flatMap(([list, entities]) =>
      entities.flatMap(({ id }) => {
        const name = id.replace('transient:acme-', '');
        const result = name in special ? special[name] : 'created';
        if (result === null || result === undefined) return [];
        const rest = result === 'error' ? { error: `no ${name}` } : { id: `https://h:443/${name}` };
        return [{ type: list.replace(/s$/, ''), original_id: id, result, ...rest }];
      }),
    );
    json(200, { results: results.reverse() })(response);
  };
}

let server: ScriptedServer;
let client: CtiaClient;
let sink: Sink;
beforeEach(async () => {
  server = await scriptedServer();
  server.on('GET /ctia/incident/https%3A%2F%2Fh%3A443%2Fi', json(200, { id: 'https://h:443/i' }));
  client = clientOf(server);
  sink = ctiaSink({ client, prefix: 'acme-' });
});
afterEach(async () => {
  await client.close();
  await server.close();
});

const imported = () =>
  server.calls(IMPORT_ROUTE).map(({ body }) => {
    const { source: _, ...lists } = JSON.parse(body) as Record<string, { id: string }[]> & { source: string };
    return Object.values(lists)
      .flat()
      .map(({ id }) => id.replace('transient:acme-', ''));
  });

describe('ctiaSink', () => {
  it('delivers what is created or was there', async () => {
    server.on(IMPORT_ROUTE, outcomes({ i: 'exists' }));
    const receipt = await sink.send(parcel);
    expect(receipt).toMatchObject({ key: 'k', verdict: 'delivered', reason: null });
    expect(receipt.entities.map(({ result }) => result)).toEqual([
      'exists',
      'created',
      'created',
      'created',
      'created',
    ]);
  });

  it('sends once more what failed, with what it refers to', async () => {
    server.on(IMPORT_ROUTE, outcomes({ s1: 'error', r1: 'error' }), outcomes({ i: 'exists' }));
    const receipt = await sink.send(parcel);
    expect(receipt).toMatchObject({ verdict: 'delivered', reason: null });
    expect(imported()).toEqual([
      ['i', 's1', 's2', 'r1', 'r2'],
      ['i', 's1', 'r1'],
    ]);
    expect(receipt.entities.map(({ originalId, result }) => `${originalId} ${result}`)).toEqual([
      'transient:acme-i created',
      'transient:acme-s1 created',
      'transient:acme-s2 created',
      'transient:acme-r1 created',
      'transient:acme-r2 created',
    ]);
  });

  it('never takes an error for success: what stays refused is told with the reason', async () => {
    server.on(IMPORT_ROUTE, outcomes({ s1: 'error', r1: null }));
    const receipt = await sink.send(parcel);
    expect(receipt.verdict).toBe('partial');
    expect(receipt.reason).toBe(
      '2 of 5 entities were not taken: sighting transient:acme-s1: no s1; relationship transient:acme-r1: the server did not mention it',
    );
    expect(receipt.entities.map(({ result }) => result)).toEqual(['created', 'error', 'created', 'missing', 'created']);
    expect(imported()).toHaveLength(2);
  });

  it('says refused when nothing was taken', async () => {
    server.on(IMPORT_ROUTE, json(200, { results: [] }));
    const receipt = await sink.send(parcel);
    expect(receipt.verdict).toBe('refused');
    expect(receipt.reason).toMatch(/^5 of 5 .*; and 2 more$/);
  });

  it('keeps what is known when the second attempt breaks off', async () => {
    server.on(IMPORT_ROUTE, outcomes({ s1: 'error' }), text(400, 'no'));
    const receipt = await sink.send(parcel);
    expect(receipt).toMatchObject({ verdict: 'undelivered', reason: expect.stringContaining('HTTP 400') });
    expect(receipt.entities.map(({ result }) => result)).toEqual(['created', 'error', 'created', 'created', 'created']);
  });

  it('delivers all the same after a reset that hid a success, without sending it again', async () => {
    server.on(IMPORT_ROUTE, reset);
    const found = (...names: string[]) =>
      json(
        200,
        names.map((name) => ({ id: `https://h:443/${name}`, external_ids: [`acme-${name}`] })),
      );
    server.on('GET /ctia/incident/search', found('i'));
    server.on('GET /ctia/sighting/search', found('s1', 's2'));
    server.on('GET /ctia/relationship/search', found('r1', 'r2'));
    expect(await sink.send(parcel)).toMatchObject({ verdict: 'delivered' });
    expect(imported()).toHaveLength(1);
  });

  it.each([
    [
      '400',
      json(400, { errors: { incidents: [{ nope: 'disallowed-key' }] } }),
      'refused',
      /incidents\[\]\.nope: disallowed-key/,
    ],
    ['413', text(413, 'too big'), 'refused', /too big/],
    ['403 for an id', json(403, { error: 'Missing capability to specify entity ID' }), 'refused', /specify entity ID/],
    [
      '403 for a scope',
      json(403, { error: 'missing_capability', message: 'Missing capability', capabilities: 'import-bundle' }),
      'undelivered',
      /import-bundle/,
    ],
    ['404', text(404, ''), 'undelivered', /HTTP 404/],
    ['429 for an hour', json(429, {}, { 'retry-after': '3600' }), 'undelivered', /3600 s/],
    ['500', text(500, ''), 'undelivered', /after 6 attempts/],
    ['503 for an hour', text(503, '', { 'retry-after': '3600' }), 'undelivered', /3600 s/],
    ['401', json(401, { error: 'jwt_expired' }), 'undelivered', /jwt_expired/],
  ] as const)('%s', async (_, step, verdict, reason) => {
    server.on(IMPORT_ROUTE, step);
    for (const type of ['incident', 'sighting', 'relationship']) server.on(`GET /ctia/${type}/search`, json(200, []));
    const receipt = await sink.send(parcel);
    expect(receipt).toMatchObject({ key: 'k', verdict, entities: [] });
    expect(receipt.reason).toMatch(reason);
  });

  it('says for how long the server takes nothing, and only then', async () => {
    server.on(IMPORT_ROUTE, json(429, {}, { 'retry-after': '3600' }));
    expect(await sink.send(parcel)).toMatchObject({ verdict: 'undelivered', retryAfterMs: 3_600_000 });
    // The next one is not even sent.
    expect(await sink.send(parcel)).toMatchObject({ verdict: 'undelivered', retryAfterMs: 3_600_000 });
    expect(imported()).toHaveLength(1);
    server.on(TOKEN_ROUTE, json(401, { error: 'invalid_client' }));
    const other = ctiaSink({ client: clientOf(server), prefix: 'acme-' });
    expect(await other.send(parcel)).not.toHaveProperty('retryAfterMs');
  });

  it('does not deliver while another process imports', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-lock-'));
    const other = clientOf(server, { lock: { folder } });
    const locked = clientOf(server, { lock: { folder } });
    server.on(IMPORT_ROUTE, outcomes({}));
    await other.exclusively(async () => {
      const receipt = await ctiaSink({ client: locked, prefix: 'acme-' }).send(parcel);
      expect(receipt).toMatchObject({ key: 'k', verdict: 'undelivered', entities: [] });
      expect(receipt.reason).toContain('another process on this machine has been importing for more than 120 s');
    });
    expect(imported()).toEqual([]);
    expect(await ctiaSink({ client: locked, prefix: 'acme-' }).send(parcel)).toMatchObject({ verdict: 'delivered' });
  });

  it('lets nobody import between a bundle and what it changes afterwards', async () => {
    server.on(IMPORT_ROUTE, outcomes({ i: 'exists' }));
    const direct = sink.send(parcel);
    await Promise.all([direct, client.importBundle(JSON.stringify({ source: 'x' }), { prefix: 'acme-' })]);
    const routes = server.seen.map(({ route }) => route).filter((route) => route !== TOKEN_ROUTE);
    expect(routes).toEqual([IMPORT_ROUTE, 'GET /ctia/incident/https%3A%2F%2Fh%3A443%2Fi', IMPORT_ROUTE]);
  });

  it('does not deliver without a token', async () => {
    server.on(TOKEN_ROUTE, json(401, { error: 'invalid_client' }));
    expect(await sink.send(parcel)).toMatchObject({
      verdict: 'undelivered',
      reason: expect.stringContaining('client id'),
    });
  });

  it('never runs two imports at once', async () => {
    let running = 0;
    let most = 0;
    const failing = outcomes({ s1: 'error' });
    server.on(IMPORT_ROUTE, (response, seen) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running--;
        failing(response, seen);
      }, 5);
    });
    const receipts = await Promise.all([parcel, parcel, parcel].map((one) => sink.send(one)));
    expect(receipts.map(({ verdict }) => verdict)).toEqual(['partial', 'partial', 'partial']);
    expect([most, server.calls(IMPORT_ROUTE).length]).toEqual([1, 6]);
  });
});
