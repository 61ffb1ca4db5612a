import { describe, expect, it } from 'vitest';
import {
  ctiaSink,
  FEED_KINDS,
  type JudgerOptions,
  judger,
  readFeed,
  setUpFeed,
  sparer,
  withdraw,
} from '../../../src/deliver/deliver.ts';
import type { Attacker } from '../../../src/model/incident.ts';
import { nameOf, openWorld, PREFIX, type World } from '../world.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 22, 12);

function intel({ client }: World) {
  return { client, prefix: PREFIX, source: 'Sightline', tlp: 'amber', nameOf };
}

interface At {
  now: number;
}

function judgerIn(world: World, time: At, changes: Partial<JudgerOptions> = {}) {
  return judger({
    ...intel(world),
    sink: ctiaSink({ client: world.client, prefix: PREFIX }),
    disposition: 'Malicious',
    severity: 'High',
    confidence: 'Medium',
    priority: 80,
    spare: sparer(['8.8.4.0/24']),
    names: null,
    validMs: 7 * DAY_MS,
    maxPerHour: 10,
    clock: () => time.now,
    ...changes,
  });
}

const attackBy = (addresses: string[], last = NOW, type: Attacker['type'] = 'ip') => ({
  attacker: { key: addresses[0] ?? '', type, addresses },
  first: last - 60_000,
  last,
});

async function newWorld(): Promise<World & { readonly time: At }> {
  const time = { now: NOW };
  return { ...(await openWorld({ clock: () => time.now })), time };
}

const inForce = ({ sandbox, time }: World & { time: At }) =>
  sandbox
    .entities('judgement')
    .filter(({ valid_time: valid }) => Date.parse((valid as { end_time: string }).end_time) > time.now);

describe('judger', () => {
  it('judges an attacker, so that the feed of its type gives it out', async () => {
    const world = await newWorld();
    const { feed } = await setUpFeed('ip', intel(world));
    const { judge, counts } = judgerIn(world, world.time);
    await judge(attackBy(['185.220.101.5']), 'SQL injection from 185.220.101.5');
    expect(counts).toMatchObject({ made: 1, failed: 0 });
    expect(world.sandbox.entities('judgement')).toMatchObject([
      {
        observable: { type: 'ip', value: '185.220.101.5' },
        disposition: 2,
        disposition_name: 'Malicious',
        severity: 'High',
        confidence: 'Medium',
        priority: 80,
        reason: 'SQL injection from 185.220.101.5',
        tlp: 'amber',
        source: 'Sightline',
        valid_time: { end_time: new Date(NOW + 7 * DAY_MS).toISOString() },
      },
    ]);
    expect(await readFeed(feed, world.client)).toEqual(['185.220.101.5']);
  });

  it('judges each address of a network', async () => {
    const world = await newWorld();
    const { judge, counts } = judgerIn(world, world.time);
    await judge(attackBy(['2606:4700::1', '2606:4700::2'], NOW, 'ipv6'), 'x');
    expect(counts.made).toBe(2);
    expect(world.sandbox.entities('judgement').map(({ observable }) => observable)).toEqual([
      { type: 'ipv6', value: '2606:4700::1' },
      { type: 'ipv6', value: '2606:4700::2' },
    ]);
  });

  it('keeps a judgement that holds long enough, in this run and the next', async () => {
    const world = await newWorld();
    for (const [made, kept] of [
      [1, 2],
      [0, 3],
    ]) {
      const { judge, counts } = judgerIn(world, world.time);
      for (const minute of [0, 10, 20]) await judge(attackBy(['185.220.101.5'], NOW + minute * 60_000), 'x');
      expect(counts).toMatchObject({ made, kept, renewed: 0 });
    }
    expect(world.sandbox.entities('judgement')).toHaveLength(1);
  });

  it('renews it by another one while the attack goes on', async () => {
    const world = await newWorld();
    const { feed } = await setUpFeed('ip', intel(world));
    const { judge, counts } = judgerIn(world, world.time);
    await judge(attackBy(['185.220.101.5']), 'x');
    world.time.now += 5 * DAY_MS;
    await judge(attackBy(['185.220.101.5'], world.time.now), 'still x');
    expect(counts).toMatchObject({ made: 1, renewed: 1 });
    expect(world.sandbox.entities('judgement')).toHaveLength(2);
    expect(inForce(world)).toMatchObject([{ reason: 'still x' }]);
    expect(await readFeed(feed, world.client)).toEqual(['185.220.101.5']);
  });

  it('lets go of an attacker after its time', async () => {
    const world = await newWorld();
    const { feed } = await setUpFeed('ip', intel(world));
    await judgerIn(world, world.time).judge(attackBy(['185.220.101.5']), 'x');
    world.time.now += 8 * DAY_MS;
    expect(await readFeed(feed, world.client)).toEqual([]);
  });

  it('does not judge what was over long ago', async () => {
    const world = await newWorld();
    const { judge, counts } = judgerIn(world, world.time);
    await judge(attackBy(['185.220.101.5'], NOW - 7 * DAY_MS), 'x');
    expect([counts.past, world.sandbox.requests()]).toEqual([1, []]);
  });

  it('leaves an attacker alone whom a person took out of the feed, until it attacks again', async () => {
    const world = await newWorld();
    await judgerIn(world, world.time).judge(attackBy(['185.220.101.5']), 'x');
    world.time.now += 1000;
    expect(await withdraw('ip', '185.220.101.5', 'ours', { ...intel(world), now: world.time.now })).toBe(1);
    world.time.now += 1000;
    await judgerIn(world, world.time).judge(attackBy(['185.220.101.5']), 'x');
    expect(inForce(world)).toEqual([]);
    await judgerIn(world, world.time).judge(attackBy(['185.220.101.5'], NOW + 3_600_000), 'x');
    expect(inForce(world)).toHaveLength(1);
  });

  it.each([
    ['private', ['10.0.0.1', '192.168.1.1', 'fd00::1'], 'ip'],
    ['documentation and test', ['192.0.2.1', '198.18.0.1', '2001:db8::1'], 'ip'],
    ['own or allowed', ['8.8.4.4'], 'ip'],
    ['a name', ['host.example'], 'hostname'],
  ] as const)('never judges what is %s, and sends nothing', async (_, addresses, type) => {
    const world = await newWorld();
    const { judge, counts } = judgerIn(world, world.time);
    await judge(attackBy([...addresses], NOW, type), 'x');
    expect([...counts.spared.values()].reduce((sum, n) => sum + n, 0)).toBe(addresses.length);
    expect(world.sandbox.requests()).toEqual([]);
  });

  it('never judges a verified bot', async () => {
    const world = await newWorld();
    const names = {
      reverse: () => Promise.resolve(['crawl.googlebot.com']),
      lookup: () => Promise.resolve(['66.249.66.1']),
    };
    const { judge, counts } = judgerIn(world, world.time, { names });
    await judge(attackBy(['66.249.66.1', '66.249.66.2']), 'x');
    expect([counts.spared.get('verified bot'), counts.made]).toEqual([1, 1]);
  });

  it('makes no more than so many in an hour, those of earlier runs included', async () => {
    const world = await newWorld();
    const addresses = (from: number) => Array.from({ length: 4 }, (_, i) => `185.220.101.${from + i}`);
    const first = judgerIn(world, world.time, { maxPerHour: 6 });
    await first.judge(attackBy(addresses(0)), 'x');
    const second = judgerIn(world, world.time, { maxPerHour: 6 });
    await second.judge(attackBy(addresses(10)), 'x');
    expect([first.counts.made, second.counts.made, second.counts.capped]).toEqual([4, 2, 2]);
    world.time.now += 3_600_001;
    await second.judge(attackBy(addresses(20)), 'x');
    expect(second.counts).toMatchObject({ made: 6, capped: 2 });
  });

  it('makes up later for those beyond, and asks nobody meanwhile', async () => {
    const world = await newWorld();
    const { judge, counts } = judgerIn(world, world.time, { maxPerHour: 2 });
    const attack = attackBy(['185.220.101.5', '185.220.101.6', '185.220.101.7']);
    expect(await judge(attack, 'x')).toBe(false);
    const asked = world.sandbox.requests().length;
    const later = attackBy(['185.220.101.8']);
    expect(await judge(later, 'x')).toBe(false);
    expect(world.sandbox.requests()).toHaveLength(asked);
    world.time.now += 3_600_001;
    expect(await judge(attack, 'x')).toBe(true);
    expect(await judge(later, 'x')).toBe(true);
    expect(counts).toMatchObject({ made: 4, capped: 2 });
  });

  it('does not take judgements for recent that a clock since put back has dated ahead', async () => {
    const world = await newWorld();
    const { judge, counts } = judgerIn(world, world.time, { maxPerHour: 1 });
    await judge(attackBy(['185.220.101.5']), 'x');
    world.time.now -= DAY_MS;
    expect(await judge(attackBy(['185.220.101.6']), 'x')).toBe(true);
    expect(counts).toMatchObject({ made: 2, capped: 0 });
  });

  it('counts a failure with its reason, and goes on', async () => {
    const world = await newWorld();
    const { judge, counts } = judgerIn(world, world.time);
    world.sandbox.setFaults(['forbidden,path=/ctia/indicator']);
    await judge(attackBy(['185.220.101.5', '185.220.101.6']), 'x');
    expect(counts).toMatchObject({ failed: 1, made: 1, failures: [expect.stringContaining('403')] });
  });

  it.each([
    ['passes', 'forbidden,path=/ctia/indicator', true],
    ['passes, the import’s too', 'forbidden,path=/iroh/private-intel', true],
    ['is a refusal', 'store-failure:1,times=2,path=/iroh/private-intel', false],
  ])('says whether a failure %s, tells of it, and makes up for one that does', async (_, fault, passes) => {
    const world = await newWorld();
    const told: unknown[] = [];
    const { judge, counts } = judgerIn(world, world.time, { onFailure: (failure) => told.push(failure) });
    world.sandbox.setFaults([fault]);
    const attack = attackBy(['185.220.101.5', '185.220.101.6']);
    expect(await judge(attack, 'x')).toBe(!passes);
    expect(told).toEqual([{ address: '185.220.101.5', message: expect.any(String), passes }]);
    expect(await judge(attack, 'x')).toBe(true);
    expect(counts).toMatchObject({ failed: 1, made: 2, kept: 1 });
  });

  it('makes each judgement once in spite of lost answers', async () => {
    const world = await newWorld();
    world.sandbox.setFaults(['reset-after,path=/iroh/private-intel', 'reset-after,path=/ctia/indicator,method=POST']);
    const { judge, counts } = judgerIn(world, world.time);
    await judge(attackBy(['185.220.101.5']), 'x');
    expect(counts.made).toBe(1);
    const counted = (['judgement', 'relationship', 'indicator'] as const).map(
      (type) => world.sandbox.entities(type).length,
    );
    expect(counted).toEqual([1, 1, 1]);
  });
});

describe('setUpFeed', () => {
  it('makes a feed and its indicator once for each kind', async () => {
    const world = await newWorld();
    for (const isNew of [true, false]) {
      for (const kind of FEED_KINDS) expect(await setUpFeed(kind, intel(world))).toMatchObject({ kind, isNew });
    }
    expect(world.sandbox.entities('feed')).toHaveLength(4);
    expect(world.sandbox.entities('indicator')).toHaveLength(4);
  });

  it('gives a feed whose indicator was removed the new one, and it keeps its address', async () => {
    const world = await newWorld();
    const before = await setUpFeed('ip', intel(world));
    await world.client.entities('indicator').remove(String(before.feed.indicator_id));
    await setUpFeed('ip', intel(world));
    await judgerIn(world, world.time).judge(attackBy(['185.220.101.5']), 'x');
    expect(await readFeed(before.feed, world.client)).toEqual(['185.220.101.5']);
  });
});
