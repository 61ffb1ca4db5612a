import { describe, expect, it } from 'vitest';
import type { CorrelatorOptions } from '../../src/correlate/correlate.ts';
import type { AccessLogEntry } from '../../src/model/entry.ts';
import type { Hit } from '../../src/model/hit.ts';
import type { Sighting } from '../../src/model/incident.ts';
import type { Rule } from '../../src/model/rule.ts';
import {
  MINUTE,
  makeCorrelation,
  makeCorrelator,
  makeEntry,
  makeHit,
  makeRule,
  NOON,
  runAll,
  SECOND,
} from './fixtures.ts';

const high = makeRule('high', { level: 'high', techniques: ['T1190'] });
const medium = makeRule('medium', { techniques: ['T1595.002', 'T1190'] });
const other = makeRule('other', { level: 'medium' });
const low = makeRule('low', { level: 'low' });
const silent = makeRule('silent', { alerts: false });

const at = (seconds: number, rule: Rule, facts?: Partial<AccessLogEntry>): Hit[] => [
  makeHit(rule, makeEntry(seconds, facts)),
];
const minute = (minutes: number, rule: Rule, facts?: Partial<AccessLogEntry>) => at(minutes * 60, rule, facts);
const secondsOf = (time: number) => (time - NOON) / SECOND;

describe('promotion', () => {
  const many = makeCorrelation('many', {
    type: 'event_count',
    rules: ['silent'],
    condition: [{ operator: 'gte', value: 2 }],
  });
  const manyOf = (level: Rule['level']) => ({ ...many, rule: { ...many.rule, level } });

  it.each<[string, Hit[][], Partial<CorrelatorOptions>, string | undefined]>([
    ['a high hit is enough', [at(0, high)], {}, 'level'],
    ['a critical hit is enough', [at(0, { ...high, level: 'critical' })], {}, 'level'],
    [
      'a fired correlation of medium level is enough',
      [at(0, silent), at(1, silent)],
      { correlations: [manyOf('medium')] },
      'correlation',
    ],
    [
      'a fired correlation of low level is not',
      [at(0, silent), at(1, silent)],
      { correlations: [manyOf('low')] },
      undefined,
    ],
    ['a medium hit is not', [at(0, medium)], {}, undefined],
    ['two different medium rules are', [at(0, medium), at(1, other)], {}, 'score'],
    ['the same medium rule twice is not', [at(0, medium), at(1, medium)], {}, undefined],
    ['the same medium rule on 32 lines is', Array.from({ length: 32 }, (_, second) => at(second, medium)), {}, 'score'],
    ['one weak rule never is', Array.from({ length: 500 }, (_, second) => at(second, low)), {}, undefined],
    ['ten weak rules are', Array.from({ length: 10 }, (_, n) => at(n, { ...low, id: `low-${n}` })), {}, 'score'],
    [
      'informational hits bring no points',
      Array.from({ length: 40 }, (_, n) => at(n, { ...low, id: `i-${n}`, level: 'informational' })),
      {},
      undefined,
    ],
    ['the points asked for can be changed', [at(0, low)], { promoteAt: 10 }, 'score'],
    ['a high hit is told before the points that came first', [at(0, medium), at(1, other), at(2, high)], {}, 'level'],
    [
      'a fired correlation is told before the points that came first',
      [at(0, medium), at(1, other), at(2, silent), at(3, silent)],
      { correlations: [manyOf('medium')] },
      'correlation',
    ],
    ['a rule that does not alert makes no episode', [at(0, { ...high, alerts: false })], {}, undefined],
  ])('%s', (_, lines, options, promotion) => {
    const { incidents } = runAll(lines, options);
    expect(incidents.map((incident) => incident.promotion)).toEqual(promotion === undefined ? [] : [promotion]);
  });

  it('keeps what came before it for the incident', () => {
    const { incidents } = runAll([minute(0, low), minute(10, medium), minute(20, high)]);
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({ first: NOON, level: 'high', hits: 3, score: 160 });
    expect(incidents[0]?.sightings.map(({ rule }) => rule.id)).toEqual(['low', 'medium', 'high']);
    expect(incidents[0]?.rules.map(({ rule, count }) => [rule.id, count])).toEqual([
      ['high', 1],
      ['medium', 1],
      ['low', 1],
    ]);
  });

  it('lists rules worst first, then by number of lines, then by id', () => {
    const { incidents } = runAll([at(0, other), at(1, low), at(2, medium), at(3, high), at(4, medium)]);
    expect(incidents[0]?.rules.map(({ rule }) => rule.id)).toEqual(['high', 'medium', 'other', 'low']);
  });
});

describe('episodes', () => {
  it.each<[string, number[], number[]]>([
    ['a pause of exactly the gap is no end', [0, 30], [0]],
    ['a longer pause is', [0, 30.1], [0, 30.1]],
    ['many short pauses are none', [0, 20, 40, 60], [0]],
  ])('%s', (_, minutes, firsts) => {
    const { incidents } = runAll(minutes.map((minutes) => minute(minutes, high)));
    expect(incidents.map(({ first }) => secondsOf(first) / 60)).toEqual(firsts);
    expect(incidents.every(({ closed }) => closed)).toBe(true);
  });

  it('gives an incident out once the gap has passed in event time, not before', () => {
    const stage = makeCorrelator();
    stage.take(minute(0, high), NOON);
    expect(stage.advance(NOON + 30 * MINUTE).incidents).toEqual([]);
    expect(stage.advance(NOON + 30 * MINUTE + 1).incidents).toHaveLength(1);
    expect(stage.end()).toEqual({ hits: [], incidents: [] });
  });

  it('are all over when the watermark has passed everything', () => {
    const stage = makeCorrelator();
    stage.take(minute(0, high), NOON);
    expect(stage.advance(Number.POSITIVE_INFINITY).incidents).toHaveLength(1);
  });

  it('gives incidents out in order of their end', () => {
    const lines = [
      minute(0, high, { client: '192.0.2.9' }),
      minute(1, high, { client: '192.0.2.1' }),
      minute(2, high, { client: '192.0.2.5' }),
    ];
    const { incidents } = runAll(lines);
    expect(incidents.map(({ attacker }) => attacker.key)).toEqual(['192.0.2.9', '192.0.2.1', '192.0.2.5']);
  });

  it('groups IPv6 attackers by network, with the addresses seen', () => {
    const lines = ['2001:db8::7', '2001:db8::1', '2001:db8::7', '2001:db8:0:1::1'].map((client, n) =>
      at(n, high, { client }),
    );
    const { incidents } = runAll(lines);
    expect(incidents.map(({ attacker }) => attacker)).toEqual([
      { key: '2001:db8::/64', type: 'ipv6', addresses: ['2001:db8::7', '2001:db8::1'] },
      { key: '2001:db8:0:1::/64', type: 'ipv6', addresses: ['2001:db8:0:1::1'] },
    ]);
  });

  it.each([
    ['192.0.2.1', 64, '192.0.2.1', 'ip'],
    ['2001:db8::1', 128, '2001:db8::1', 'ipv6'],
    ['host.example.org', 64, 'host.example.org', 'hostname'],
    ['not:an:address', 64, 'not:an:address', 'hostname'],
  ] as const)('%s with a prefix of %i bits is %s, %s', (client, ipv6PrefixBits, key, type) => {
    const { incidents } = runAll([at(0, high, { client })], { ipv6PrefixBits });
    expect(incidents[0]?.attacker).toEqual({ key, type, addresses: [client] });
  });

  it('begins with the oldest line that the opening correlation counted, within the gap', () => {
    const slow = makeCorrelation('slow', {
      type: 'event_count',
      rules: ['silent'],
      timespanMs: 120 * MINUTE,
      condition: [{ operator: 'gte', value: 3 }],
    });
    const quick = { ...slow, timespanMs: 20 * MINUTE };
    const firstOf = (correlation: typeof slow, ...minutes: number[]) =>
      runAll(
        minutes.map((n) => minute(n, silent)),
        { correlations: [correlation] },
      ).incidents.map(({ first }) => secondsOf(first) / 60);
    expect(firstOf(quick, 0, 5, 12)).toEqual([0]);
    expect(firstOf(slow, 0, 50, 100)).toEqual([70]);
  });

  it('begin and end at the gap before the firing when the own line is older', () => {
    const all = makeCorrelation('all', {
      type: 'event_count',
      rules: ['silent'],
      groupBy: [],
      timespanMs: 120 * MINUTE,
      condition: [{ operator: 'gte', value: 2 }],
    });
    const { incidents } = runAll([minute(0, silent), minute(100, silent, { client: '192.0.2.2' })], {
      correlations: [all],
    });
    const found = incidents.map(({ attacker, first, last }) => [
      attacker.key,
      secondsOf(first) / 60,
      secondsOf(last) / 60,
    ]);
    expect(found).toEqual([
      ['192.0.2.1', 70, 70],
      ['192.0.2.2', 100, 100],
    ]);
  });
});

describe('sightings', () => {
  it('are one rule in one bucket aligned to UTC', () => {
    const { incidents } = runAll([at(1, high), at(299.999, high), at(300, high), at(301, low)]);
    const sightings = incidents[0]?.sightings.map(({ rule, bucket, bucketMs, arrival, count, first, last }) => [
      rule.id,
      secondsOf(bucket),
      bucketMs,
      arrival,
      count,
      secondsOf(first),
      secondsOf(last),
    ]);
    expect(sightings).toEqual([
      ['high', 0, 300_000, null, 2, 1, 299.999],
      ['high', 300, 300_000, null, 1, 300, 300],
      ['low', 300, 300_000, null, 1, 301, 301],
    ]);
  });

  it('of lines counted in retrospect have the bucket of the line and that of the firing', () => {
    const slow = makeCorrelation('slow', {
      type: 'event_count',
      rules: ['silent'],
      timespanMs: 10 * MINUTE,
      condition: [{ operator: 'gte', value: 3 }],
    });
    const { incidents } = runAll([minute(1, silent), minute(4, silent), minute(7, silent)], { correlations: [slow] });
    expect(
      incidents[0]?.sightings.map(({ bucket, arrival, count }) => [
        secondsOf(bucket),
        arrival === null ? null : secondsOf(arrival),
        count,
      ]),
    ).toEqual([
      [0, 300, 2],
      [300, null, 1],
    ]);
  });

  it('are given out at each seal when one may wait, with the totals as of then', () => {
    const stage = makeCorrelator({ pendingSightings: 1 });
    stage.take(minute(0, high), NOON);
    stage.take(minute(6, low), NOON + 6 * MINUTE);
    expect(stage.advance(NOON + 5 * MINUTE - 1).incidents).toEqual([]);
    const [first] = stage.advance(NOON + 5 * MINUTE).incidents;
    expect(first).toMatchObject({ closed: false, hits: 1, last: NOON, sightings: [{ rule: { id: 'high' } }] });
    const [second] = stage.advance(NOON + 10 * MINUTE).incidents;
    expect(second).toMatchObject({ closed: false, hits: 2, first: NOON, sightings: [{ rule: { id: 'low' } }] });
    expect(stage.end().incidents).toMatchObject([{ closed: true, hits: 2, sightings: [] }]);
  });

  it('that are due at the same time come in order of attacker', () => {
    const clients = ['192.0.2.9', '192.0.2.10', '192.0.2.1'];
    const { incidents } = runAll(
      clients.map((client, n) => at(n, high, { client })),
      { pendingSightings: 1 },
    );
    expect(incidents.filter(({ closed }) => !closed).map(({ attacker }) => attacker.key)).toEqual(clients.toSorted());
  });

  it('wait until there are as many as are to be given out together', () => {
    const lines = [0, 5, 10, 15, 20].map((minutes) => minute(minutes, high));
    const { incidents } = runAll(lines, { pendingSightings: 2 });
    expect(incidents.map(({ sightings, closed }) => [sightings.length, closed])).toEqual([
      [2, false],
      [2, false],
      [1, true],
    ]);
  });

  it('list observables, targets and addresses once each', () => {
    const web = { host: 'www.example.org', port: 443, target: '/a' };
    const extracted = { type: 'url', value: 'http://198.51.100.1/x.sh' } as const;
    const hit = makeHit(high, makeEntry(1, web), { observables: [extracted, { type: 'ip', value: '192.0.2.1' }] });
    const { incidents } = runAll([at(0, high, web), [hit], at(2, high, { ...web, target: '/b' }), at(3, high)]);
    expect(incidents[0]?.sightings[0]).toMatchObject({
      addresses: ['192.0.2.1'],
      observables: [
        { type: 'url', value: 'https://www.example.org/a' },
        { type: 'user_agent', value: 'curl/8' },
        extracted,
        { type: 'url', value: 'https://www.example.org/b' },
      ],
      targets: [
        { host: 'www.example.org', source: 'access.log', first: NOON, last: NOON + 2000 },
        { host: null, source: 'access.log', first: NOON + 3000, last: NOON + 3000 },
      ],
    });
    expect(incidents[0]?.targets).toEqual(incidents[0]?.sightings[0]?.targets);
  });

  it('quote the first and the last lines', () => {
    const { incidents } = runAll(
      Array.from({ length: 13 }, (_, n) => at(n, high)),
      { maxEvidence: 5 },
    );
    expect(incidents[0]?.sightings[0]).toMatchObject({ count: 13 });
    expect(incidents[0]?.sightings[0]?.evidence.map(({ time }) => secondsOf(time))).toEqual([0, 1, 2, 11, 12]);
  });

  it.each([
    [1, [0]],
    [2, [0, 2]],
    [3, [0, 1, 2]],
    [4, [0, 1, 2]],
  ])('quote at most %i lines', (maxEvidence, seconds) => {
    const { incidents } = runAll([at(0, high), at(1, high), at(2, high)], { maxEvidence });
    expect(incidents[0]?.sightings[0]?.evidence.map(({ time }) => secondsOf(time))).toEqual(seconds);
  });

  it('bound their observables, targets and addresses, and say what the bound cost', () => {
    const facts = (n: number) => ({ client: `2001:db8::${n}`, host: `h${n}`, target: `/${n}` });
    const { incidents, stage } = runAll(
      [1, 2, 3, 4].map((n) => at(n, high, facts(n))),
      { maxObservables: 3, maxTargets: 2, maxAddresses: 3 },
    );
    const [sighting] = incidents[0]?.sightings ?? [];
    expect([sighting?.observables.length, sighting?.targets.length, sighting?.addresses.length]).toEqual([3, 2, 3]);
    expect(stage.counts.costs['observables-dropped']).toBe(2);
  });

  it.each<[string, (number | null)[], string]>([
    ['only refusals', [403, 401], 'refused'],
    ['a refusal and an answer', [403, 200], 'attempt'],
    ['no status', [null], 'attempt'],
  ])('judge the outcome of %s', (_, statuses, outcome) => {
    const { incidents } = runAll(statuses.map((status, n) => at(n, high, { status })));
    expect(incidents[0]).toMatchObject({ outcome, rules: [{ outcome }], sightings: [{ outcome }] });
  });
});

describe('late lines', () => {
  const late = { latenessMs: MINUTE };

  it('join the episode that covers their time, in a sighting of their own', () => {
    const { incidents, stage } = runAll([minute(0, high), minute(12, high), minute(3, high)], late);
    expect(incidents).toHaveLength(1);
    expect(
      incidents[0]?.sightings.map(({ bucket, arrival, count }) => [
        secondsOf(bucket),
        arrival === null ? null : secondsOf(arrival),
        count,
      ]),
    ).toEqual([
      [0, null, 1],
      [0, 600, 1],
      [600, null, 1],
    ]);
    expect(stage.counts.lateHits).toBe(1);
  });

  it('of the present bucket are not too late for its sighting', () => {
    const { incidents } = runAll([at(10, high), at(200, high), at(20, high)], late);
    expect(incidents[0]?.sightings.map(({ arrival, count }) => [arrival, count])).toEqual([[null, 3]]);
  });

  it('never move the beginning of an episode', () => {
    const { incidents } = runAll([minute(20, high), minute(0, high)], late);
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({ first: NOON + 20 * MINUTE, last: NOON + 20 * MINUTE, hits: 2 });
    expect(incidents[0]?.rules[0]).toMatchObject({ first: NOON });
  });

  it('that no live episode covers make episodes of their own, by their own gaps', () => {
    const { incidents } = runAll(
      [minute(300, high), minute(0, high), minute(20, high), minute(100, low), minute(101, high)],
      late,
    );
    const found = incidents.map(({ first, hits, closed }) => [secondsOf(first) / 60, hits, closed]);
    expect(found).toEqual([
      [0, 2, true],
      [300, 1, true],
      [100, 2, true],
    ]);
  });
});

describe('bounds', () => {
  const flood = (count: number, rule = low) =>
    Array.from({ length: count }, (_, n) => at(n, rule, { client: `198.51.100.${n}` }));

  it('drop the episodes that were idle longest, those that are no incidents first', () => {
    const { incidents, stage } = runAll([at(0, high), ...flood(50)], { maxEpisodes: 10 });
    expect(incidents.map(({ attacker }) => attacker.key)).toEqual(['192.0.2.1']);
    expect(stage.counts).toMatchObject({
      episodes: 51,
      incidents: 1,
      costs: { 'episodes-evicted': 40, 'incidents-evicted': 0 },
    });
  });

  it('give an incident out before it is dropped', () => {
    const { incidents, stage } = runAll(flood(50, high), { maxEpisodes: 10 });
    expect(incidents).toHaveLength(50);
    expect(stage.counts.costs['incidents-evicted']).toBe(39);
  });

  it('bound the lines kept as evidence', () => {
    const { incidents, stage } = runAll([...flood(50, high), ...flood(50, medium)], {
      maxKeptLines: 20,
      latenessMs: 0,
    });
    expect(
      incidents.reduce((sum, { hits }) => sum + hits, 0) + stage.counts.costs['episodes-evicted'],
    ).toBeGreaterThanOrEqual(50);
    expect(stage.counts.costs['incidents-evicted']).toBeGreaterThan(20);
  });

  it('count a long line kept as evidence as several', () => {
    const wide = flood(8, low).map((hits) =>
      hits.map((hit) => {
        const line = { ...hit.entry.line, text: 'x'.repeat(8000), length: 8000 };
        return { ...hit, entry: { ...hit.entry, line } };
      }),
    );
    const evictedOf = (hits: Hit[][]) => runAll(hits, { maxKeptLines: 8 }).stage.counts.costs['episodes-evicted'];
    expect([evictedOf(flood(8, low)), evictedOf(wide)]).toEqual([0, 5]);
  });

  it('bound the lines kept as samples of what was given out', () => {
    const { incidents, stage } = runAll(
      Array.from({ length: 10 }, (_, n) => minute(6 * n, { ...high, id: `high-${n}` })),
      { maxKeptLines: 4, pendingSightings: 1 },
    );
    const over = incidents.filter(({ closed }) => closed);
    expect(over.map(({ samples }) => samples.length)).toEqual([5, 5]);
    expect(stage.counts.costs['incidents-evicted']).toBe(1);
  });

  it('drop the oldest sightings of an episode that is no incident, and count them', () => {
    const lines = Array.from({ length: 10 }, (_, n) => minute(5 * n, low));
    const { incidents, stage } = runAll([...lines, minute(50, high)], { maxSightings: 3 });
    expect(incidents[0]).toMatchObject({ hits: 11, first: NOON });
    expect(incidents[0]?.sightings).toHaveLength(4);
    expect(stage.counts.costs['sightings-dropped']).toBe(7);
  });
});

describe('too many sightings of late lines', () => {
  const late = [290, 285, 280, 290, 290, 275, 285, 270, 290].map((minutes) => minute(minutes, high));
  const lines = [minute(300, high), ...late, minute(301, high), minute(270, high), minute(310, low)];
  const sightingsOf = (options: Partial<CorrelatorOptions>) => {
    const { incidents, stage } = runAll(lines, { pendingSightings: 2, ...options });
    const sightings = incidents.flatMap((incident) => incident.sightings);
    return { incidents, sightings, sealedEarly: stage.counts.costs['late-sightings-sealed-early'] };
  };

  it('are sealed before their bucket of arrival is over, and counted', () => {
    const { incidents, sightings, sealedEarly } = sightingsOf({ maxLateSightings: 2 });
    expect(sealedEarly).toBe(4);
    expect(incidents.map(({ closed, hits }) => [closed, hits])).toEqual([
      [false, 3],
      [false, 6],
      [false, 12],
      [true, 13],
    ]);
    expect(sightings.filter(({ arrival }) => arrival === null)).toMatchObject([{ count: 2 }, { rule: low }]);
  });

  it('lose nothing, and each has a name of its own', () => {
    const countsOf = (sightings: readonly Sighting[]) => {
      const counts = new Map<number, number>();
      for (const { bucket, count } of sightings) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
      return [...counts].sort(([a], [b]) => a - b);
    };
    const { sightings } = sightingsOf({ maxLateSightings: 2 });
    expect(countsOf(sightings)).toEqual(countsOf(sightingsOf({}).sightings));
    const names = sightings.map(({ rule, bucket, arrival }) => [rule.id, bucket, arrival].join(' '));
    expect(new Set(names).size).toBe(names.length);
  });

  it('are none as long as no other one is opened', () => {
    const { sightings, sealedEarly } = sightingsOf({ maxLateSightings: 5 });
    expect(sealedEarly).toBe(0);
    expect(sightings).toEqual(sightingsOf({}).sightings);
  });
});

describe('attackers', () => {
  it('are listed worst first, all their episodes together, live ones included', () => {
    const stage = makeCorrelator();
    const take = (hits: Hit[]) => stage.take(hits, hits[0]?.entry.time ?? 0);
    take(minute(0, low, { client: '192.0.2.3', status: 403 }));
    take(minute(1, high, { client: '192.0.2.2' }));
    take(minute(2, medium));
    take(minute(90, other));
    stage.advance(NOON + 91 * MINUTE);
    expect(stage.attackers(2)).toMatchObject([
      {
        attacker: '192.0.2.2',
        score: 100,
        hits: 1,
        rules: 1,
        level: 'high',
        outcome: 'refused',
        techniques: ['T1190'],
        episodes: 1,
        promoted: true,
      },
      {
        attacker: '192.0.2.1',
        score: 50,
        hits: 2,
        rules: 2,
        level: 'medium',
        techniques: ['T1190', 'T1595.002'],
        episodes: 2,
        promoted: false,
      },
    ]);
    expect(stage.attackers(10)).toEqual([...stage.attackers(2), expect.objectContaining({ attacker: '192.0.2.3' })]);
  });

  it('that are weaker than all that are remembered are forgotten, and counted', () => {
    const weak = Array.from({ length: 20 }, (_, n) => at(n, low, { client: `198.51.100.${n}` }));
    const strong = [at(100, high), at(101, medium, { client: '192.0.2.2' })];
    const { stage } = runAll([...strong, ...weak], { maxAttackers: 2 });
    expect(stage.attackers(2).map(({ attacker }) => attacker)).toEqual(['192.0.2.1', '192.0.2.2']);
    const { length } = stage.attackers(1000);
    expect(length + stage.counts.costs['attackers-forgotten']).toBe(22);
    expect(length).toBeLessThanOrEqual(4);
  });
});
