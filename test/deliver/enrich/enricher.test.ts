import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { CtiaClient } from '../../../src/ctia/ctia.ts';
import { ctiaSink, type EnricherOptions, enricher } from '../../../src/deliver/deliver.ts';
import type { Attacker } from '../../../src/model/incident.ts';
import { incidentOf } from '../../compose/fixtures.ts';
import { clientOf, nameOf, openWorld, PREFIX, parcelFor, type World } from '../world.ts';

const ADDRESS = '185.220.101.5';
const ATTACKER: Attacker = { key: ADDRESS, type: 'ip', addresses: [ADDRESS] };
const JUDGEMENT = {
  observable: { type: 'ip', value: ADDRESS },
  disposition_name: 'Malicious',
  severity: 'High',
  confidence: 'Medium',
  priority: 80,
  source: 'Honeypots',
  reason: 'seen\n# in `three` honeypots',
  valid_time: { start_time: '2020-01-01T00:00:00.000Z', end_time: '2525-01-01T00:00:00.000Z' },
};

const judgedIn = ({ client }: { readonly client: CtiaClient }, changes: object = {}) =>
  client.entities('judgement').create({ ...JUDGEMENT, ...changes });

/** An enricher with a client of its own, which it may stop; `bases` besides private intelligence. */
function enricherIn(
  { sandbox }: Pick<World, 'sandbox'>,
  options: { budgetMs?: number; globalClient?: CtiaClient } & Partial<EnricherOptions> = {},
) {
  const { budgetMs = 60_000, globalClient, ...more } = options;
  const stopper = new AbortController();
  const client = clientOf(sandbox, { signal: stopper.signal, retry: { maxAttempts: 1 } });
  return enricher({
    client,
    bases: [
      { name: 'private intel', client },
      ...(globalClient === undefined ? [] : [{ name: 'global intel', client: globalClient }]),
    ],
    prefix: PREFIX,
    source: 'Sightline',
    tlp: 'amber',
    nameOf,
    budgetMs,
    stop: () => stopper.abort(),
    clock: () => 0,
    ...more,
  });
}

const idOf = (name: string) => `https://private.intel.amp.cisco.com:443/ctia/incident/incident-${name}`;
const ID = idOf('76a813e7-403b-4901-a256-6794f62b7dfe');
const OTHER_ID = idOf('76a813e7-403b-4901-a256-6794f62b7dff');

describe('enricher', () => {
  it('notes on an incident what is known of its attacker, and leaves the incident as it is', async () => {
    const world = await openWorld();
    await judgedIn(world);
    const sink = ctiaSink({ client: world.client, prefix: PREFIX });
    const { entities } = await sink.send(parcelFor(incidentOf()));
    const incident = world.sandbox.entities('incident');
    const id = String(entities.find(({ type }) => type === 'incident')?.id);
    const { enrich, close, counts } = enricherIn(world);
    enrich(id, ATTACKER);
    await close();
    expect(counts).toEqual({ noted: 1, unknown: 0, leftOut: 0, failed: 0, failures: [] });
    expect(world.sandbox.entities('incident')).toEqual(incident);
    const [note] = world.sandbox.entities('note');
    expect(note).toMatchObject({
      related_entities: [{ entity_type: 'incident', entity_id: id }],
      source: 'Sightline',
      tlp: 'amber',
    });
    expect(note?.content).toBe(
      [
        'What private intel knew of the attacker when the incident was reported:',
        '',
        '- `185.220.101.5`: `Malicious`, until `2525-01-01T00:00:00.000Z`, severity `High`, confidence `Medium`, ' +
          'source `Honeypots`, reason ``seen\\x0a# in `three` honeypots``',
      ].join('\n'),
    );
  });

  it('makes one note however often the incident comes, in one run or in several', async () => {
    const world = await openWorld();
    await judgedIn(world);
    for (let run = 0; run < 2; run++) {
      const { enrich, close } = enricherIn(world);
      enrich(ID, ATTACKER);
      enrich(ID, ATTACKER);
      await close();
    }
    expect(world.sandbox.entities('note')).toHaveLength(1);
  });

  it('asks about an attacker once, whether or not anything is known', async () => {
    const world = await openWorld();
    const { enrich, close, counts } = enricherIn(world);
    enrich(ID, ATTACKER);
    enrich(OTHER_ID, ATTACKER);
    await close();
    expect(counts).toMatchObject({ noted: 0, unknown: 2, failed: 0 });
    expect(world.sandbox.entities('note')).toEqual([]);
    expect(world.sandbox.requests().filter(({ path }) => path.endsWith('/verdict'))).toHaveLength(1);
  });

  it('does not take a judgement of our own for knowledge', async () => {
    const world = await openWorld();
    await judgedIn(world, { external_ids: [nameOf('judgement', ['ip', ADDRESS])] });
    const { enrich, close, counts } = enricherIn(world);
    enrich(ID, ATTACKER);
    await close();
    expect(counts).toMatchObject({ noted: 0, unknown: 1 });
  });

  it.each<[string, Attacker, string, string]>([
    [
      'each address of a network',
      { key: '2001:db8::/64', type: 'ipv6', addresses: ['2001:db8::1', '2001:db8::2'] },
      'ipv6',
      '2001:db8::2',
    ],
    ['a host name', { key: 'evil.example', type: 'hostname', addresses: [] }, 'hostname', 'evil.example'],
  ])('asks about %s', async (_, attacker, type, value) => {
    const world = await openWorld();
    await judgedIn(world, { observable: { type, value } });
    const { enrich, close, counts } = enricherIn(world);
    enrich(ID, attacker);
    await close();
    expect(counts.noted).toBe(1);
    expect(world.sandbox.entities('note')[0]?.content).toContain(`\`${value}\`: \`Malicious\``);
  });

  it('keeps bases apart: the failure of one takes nothing from another, and one that fails on is asked no more', async () => {
    const world = await openWorld();
    await judgedIn(world);
    const elsewhere = await openWorld({ faults: ['forbidden,times=99,path=/ctia/ip'] });
    const { enrich, close, counts } = enricherIn(world, { globalClient: elsewhere.client });
    for (let n = 0; n < 5; n++) enrich(idOf(`76a813e7-403b-4901-a256-6794f62b7df${n}`), ATTACKER);
    await close();
    expect(counts).toMatchObject({ noted: 5, failed: 3, leftOut: 2 });
    expect(counts.failures[0]).toContain('verdict');
  });

  it.each([
    ['after a while', 600_000],
    ['when the clock was put back', -86_400_000],
  ])('asks a base again %s, and about an incident that comes again', async (_, passed) => {
    const world = await openWorld({ faults: ['forbidden,times=3,path=/ctia/ip'] });
    await judgedIn(world);
    let now = 0;
    const told: string[] = [];
    const { enrich, counts, close } = enricherIn(world, {
      clock: () => now,
      onFailure: (message) => told.push(message),
    });
    const settled = async (ids: readonly string[]) => {
      const before = counts.failed + counts.leftOut + counts.noted;
      for (const id of ids) enrich(id, ATTACKER);
      while (counts.failed + counts.leftOut + counts.noted < before + ids.length) await turn();
    };
    const ids = Array.from({ length: 4 }, (_, n) => idOf(`76a813e7-403b-4901-a256-6794f62b7df${n}`));
    await settled(ids);
    expect(counts).toMatchObject({ noted: 0, failed: 3, leftOut: 1 });
    expect(told).toEqual(Array(3).fill(expect.stringMatching(/^private intel: .*403/)));
    now += passed;
    await settled(ids);
    await close();
    expect(counts).toMatchObject({ noted: 4, failed: 3, leftOut: 1 });
  });

  it('notes what each base knows by itself', async () => {
    const world = await openWorld();
    await judgedIn(world);
    const elsewhere = await openWorld();
    await judgedIn(elsewhere, { disposition_name: 'Suspicious' });
    const { enrich, close, counts } = enricherIn(world, { globalClient: elsewhere.client });
    enrich(ID, ATTACKER);
    await close();
    expect(counts.noted).toBe(2);
    expect(world.sandbox.entities('note').map(({ content }) => String(content).split(' ', 2)[1])).toEqual([
      'private',
      'global',
    ]);
    expect(elsewhere.sandbox.entities('note')).toEqual([]);
  });

  it('returns at once, and waits for slow answers no longer than its budget', async () => {
    const world = await openWorld({ faults: ['slow:60000,times=99,path=/ctia/ip'] });
    const { enrich, close, counts } = enricherIn(world, { budgetMs: 50 });
    enrich(ID, ATTACKER);
    enrich(OTHER_ID, ATTACKER);
    expect(counts).toMatchObject({ noted: 0, leftOut: 0 });
    await close();
    expect(counts).toEqual({ noted: 0, unknown: 0, leftOut: 2, failed: 0, failures: [] });
  });

  it('keeps a bounded number of incidents waiting', async () => {
    const world = await openWorld({ faults: ['slow:60000,times=99,path=/ctia/ip'] });
    const { enrich, close, counts } = enricherIn(world, { budgetMs: 1 });
    for (let n = 0; n < 1005; n++) enrich(`incident-${n}`, ATTACKER);
    expect(counts.leftOut).toBe(5);
    await close();
    expect(counts.leftOut).toBe(1005);
  });
});
