import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  BATCH_DEFAULTS,
  ctiaSink,
  DEFAULT_RULES,
  findSources,
  loadRules,
  type Receipt,
  runBatch,
} from '../../src/index.ts';
import type { EntityType, Sandbox } from '../../src/sandbox/sandbox.ts';
import { sampleLog } from '../support/logs.ts';
import { openWorld, PREFIX, type World } from './world.ts';

const TYPES: readonly EntityType[] = ['incident', 'indicator', 'sighting', 'relationship'];

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

/** Everything stored, by external id, with references told by external id, and without what the server made up. */
function contents(sandbox: Sandbox): unknown[] {
  const all = TYPES.flatMap((type) => sandbox.entities(type));
  const names = new Map(all.map(({ id, external_ids: xids }) => [id, String(xids)]));
  return all
    .map(({ id, created: _, modified: __, timestamp: ___, owner: ____, groups: _____, ...entity }) => ({
      ...entity,
      client_id: null,
      name: names.get(id) ?? '',
      ...('source_ref' in entity ? { source_ref: names.get(entity.source_ref) ?? entity.source_ref } : {}),
      ...('target_ref' in entity ? { target_ref: names.get(entity.target_ref) ?? entity.target_ref } : {}),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

it('the same log three times, once with faults on a third of all requests, leaves what one clean run leaves', async () => {
  const clean = await openWorld();
  expect(await replay(clean)).toEqual([]);
  const expected = contents(clean.sandbox);
  expect(expected.length).toBeGreaterThan(20);

  const tried = await openWorld();
  const kinds = ['reset-after', 'reset-before', 'bad-gateway', 'truncated', 'server-error', 'rate-limited:1'];
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
  expect(contents(tried.sandbox)).toEqual(expected);
});
