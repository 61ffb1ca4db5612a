import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  BATCH_DEFAULTS,
  ctiaSink,
  DEFAULT_RULES,
  findSources,
  loadRules,
  type Receipt,
  runBatch,
} from '../../src/index.ts';
import { sampleLog } from '../support/logs.ts';
import { clientOf, contentsOf, openWorld, PREFIX, type World } from './world.ts';

const HOUR_MS = 3_600_000;

const log = join(mkdtempSync(join(tmpdir(), 'sightline-replay-')), 'access.log');
writeFileSync(log, `${sampleLog().join('\n')}\n`);
const rules = await loadRules([DEFAULT_RULES]);

/** Delivers the log, each sighting as soon as it is sealed, so that incidents grow many times. */
async function replay({ client }: World): Promise<readonly Receipt[]> {
  const { undelivered, tally } = await runBatch({
    ...BATCH_DEFAULTS,
    correlate: { ...BATCH_DEFAULTS.correlate, pendingSightings: 1 },
    sources: await findSources([log]),
    rules,
    sink: ctiaSink({ client, prefix: PREFIX }),
  });
  expect(tally.parcels).toBeGreaterThan(tally.incidents);
  return undelivered;
}

it('the same log three times, once with faults on a third of all requests, leaves what one clean run leaves', async () => {
  const clean = await openWorld();
  expect(await replay(clean)).toEqual([]);
  const expected = contentsOf(clean.sandbox);
  expect(expected.length).toBeGreaterThan(20);

  const tried = await openWorld();
  const kinds = [
    'reset-after',
    'reset-before',
    'bad-gateway',
    'truncated',
    'reset-midway:2',
    'server-error',
    'rate-limited:1',
    'unauthorised',
    'store-failure:2',
  ];
  // Each third request, kind after kind; a request that is struck counts for none of the later faults.
  const faults = Array.from({ length: 300 }, (_, i) => `${kinds[i % kinds.length]},skip=${2 * i + 2}`);
  tried.sandbox.setFaults(faults);
  expect(await replay(tried)).toEqual([]);
  const requests = tried.sandbox.requests();
  const struck = requests.filter(({ fault }) => fault !== null);
  expect(struck.length / requests.length).toBeGreaterThan(0.3);
  expect(new Set(struck.map(({ fault }) => fault))).toEqual(new Set(kinds.map((kind) => kind.split(':')[0])));

  tried.sandbox.setFaults([]);
  expect(await replay(tried)).toEqual([]);
  expect(await replay(tried)).toEqual([]);
  expect(contentsOf(tried.sandbox)).toEqual(expected);
});

it('a large log, with faults and growing incidents, stays below the limit that the server states', async () => {
  const limit = 10;
  const { sandbox } = await openWorld({ rateLimit: { limit, windowMs: HOUR_MS } });
  const client = clientOf(sandbox, { retry: { maxWaitMs: HOUR_MS } });
  onTestFinished(() => client.close());
  const world = { sandbox, client };
  world.sandbox.setFaults(['reset-after,every=4,path=/iroh/private-intel', 'server-error,every=9,path=/ctia']);
  expect(await replay(world)).toEqual([]);
  const requests = world.sandbox.requests();
  for (const kind of ['POST /iroh/private-intel', 'PATCH /ctia/incident', 'GET /ctia/sighting/search']) {
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toContainEqual(expect.stringContaining(kind));
  }
  expect(requests.length).toBeGreaterThan(2 * limit);
  expect(requests.filter(({ status }) => status === 429)).toEqual([]);
});
