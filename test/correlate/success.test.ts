import { describe, expect, it } from 'vitest';
import type { CorrelatorOptions } from '../../src/correlate/correlate.ts';
import type { AccessLogEntry } from '../../src/model/entry.ts';
import type { Incident } from '../../src/model/incident.ts';
import type { Rule } from '../../src/model/rule.ts';
import { MINUTE, makeCorrelation, makeCorrelator, makeEntry, makeHit, makeRule, NOON } from './fixtures.ts';

const HOUR = 60 * MINUTE;
/** In minutes. */
const DAY = 24 * 60;
const leak = makeRule('leak', { level: 'high', success: 'served' });
const injection = makeRule('injection', { level: 'high', success: 'larger' });
const mute = makeRule('mute', { level: 'high' });
const silent = makeRule('silent', { alerts: false });

/** One line: minutes after noon, what was asked for, status, bytes, its rule (null: an ordinary request), and the rest. */
type Line = readonly [
  minutes: number,
  target: string,
  status: number,
  bytes: number,
  rule: Rule | null,
  facts?: Partial<AccessLogEntry>,
];

/** Everything that comes out of `lines`, read in this order from one source and asked for at each. */
function read(lines: readonly Line[], options: Partial<CorrelatorOptions> = {}) {
  const stage = makeCorrelator(options);
  const incidents: Incident[] = [];
  let clock = Number.NEGATIVE_INFINITY;
  for (const [minutes, target, status, bytes, rule, facts] of lines) {
    const entry = makeEntry(minutes * 60, { target, status, bytes, host: 'www.example.org', ...facts });
    clock = Math.max(clock, entry.time);
    if (rule?.alerts !== true) stage.learn(entry, clock);
    if (rule !== null) stage.take([makeHit(rule, entry)], clock);
    incidents.push(...stage.advance(clock - (options.latenessMs ?? MINUTE)).incidents);
  }
  incidents.push(...stage.end().incidents);
  return { incidents, stage };
}

const times = (count: number, line: Line): Line[] => Array.from({ length: count }, () => line);

/** Probes that found nothing: the site answers 404 to what should not be there. */
const absent = times(3, [0, '/.svn/entries', 404, 196, leak]);
/** What /search ordinarily answers: 900 to 1,200 bytes. */
const ordinary: Line[] = [...times(4, [0, '/search', 200, 900, null]), [1, '/search', 200, 1200, null]];

const LIMIT = 8 * 1200 + 1024;

const served: [title: string, lines: Line[], outcome: string][] = [
  ['a site that answers 404 to other such requests', [...absent, [1, '/.env', 200, 512, leak]], 'success'],
  ['the answers 404 may come later in the same bucket', [[0, '/.env', 200, 512, leak], ...absent], 'success'],
  ['the answers 404 may be to others', [...absent, [1, '/.env', 200, 512, leak, { client: '192.0.2.2' }]], 'success'],
  ['a POST', [...absent, [1, '/sh.php', 200, 512, leak, { method: 'POST' }]], 'success'],
  ['a part of a file', [...absent, [1, '/dump.sql', 206, 512, leak]], 'success'],
  ['a site that has answered 404 too rarely', [...absent.slice(1), [1, '/.env', 200, 512, leak]], 'attempt'],
  ['a site of which nothing is known', [[1, '/.env', 200, 512, leak]], 'attempt'],
  ['another site', [...absent, [1, '/.env', 200, 512, leak, { host: 'other.example.org' }]], 'attempt'],
  [
    'a site that answers 404 to ordinary requests only',
    [...times(9, [0, '/a.png', 404, 196, null]), [1, '/.env', 200, 512, leak]],
    'attempt',
  ],
  [
    'a site that answers 404 to other attacks only',
    [...times(9, [0, '/a', 404, 196, injection]), [1, '/.env', 200, 512, leak]],
    'attempt',
  ],
  ['no body', [...absent, [1, '/.env', 200, 0, leak]], 'attempt'],
  ['a size that is not logged', [...absent, [1, '/.env', 200, 0, leak, { bytes: null }]], 'attempt'],
  ['a HEAD request', [...absent, [1, '/.env', 200, 300, leak, { method: 'HEAD' }]], 'attempt'],
  ['a redirect', [...absent, [1, '/.env', 302, 512, leak]], 'attempt'],
  ['an error', [...absent, [1, '/.env', 500, 512, leak]], 'attempt'],
  ['a path too long to be known', [...absent, [1, `/${'a'.repeat(512)}`, 200, 512, leak]], 'attempt'],
  [
    'the same page for several paths',
    [...absent, [1, '/.env', 200, 512, leak], [1, '/backup.zip', 200, 512, leak]],
    'attempt',
  ],
  [
    'a page for several paths that repeats the path',
    [...absent, [1, '/.env', 200, 1512, leak], [1, '/backup-of-site.zip', 200, 1530, leak]],
    'attempt',
  ],
  [
    'the same page for paths that others asked for',
    [...absent, [0, '/.env', 200, 512, leak, { client: '192.0.2.2' }], [6, '/backup.zip', 200, 512, leak]],
    'attempt',
  ],
  [
    'different pages for several paths',
    [...absent, [1, '/.git/HEAD', 200, 23, leak], [1, '/.git/config', 200, 92, leak]],
    'success',
  ],
  [
    'the same path again',
    [...absent, [1, '/.env', 200, 512, leak], [1, '/.env', 200, 512, leak], [1, '/.env', 200, 510, leak]],
    'success',
  ],
  ['the size of an ordinary page', [[0, '/', 200, 4567, null], ...absent, [61, '/.env', 200, 4567, leak]], 'attempt'],
  [
    'a path with ordinary visitors',
    [[0, '/x.php', 200, 99, null], ...absent, [61, '/x.php', 200, 512, leak]],
    'attempt',
  ],
  [
    'the size of an ordinary page that came up between two answers',
    [
      [0, '/', 200, 4567, null],
      ...absent,
      [61, '/.env', 200, 512, leak],
      [62, '/new', 200, 700, null],
      [121, '/dump.sql', 200, 700, leak],
    ],
    'attempt',
  ],
  [
    'the size of what others got more than a week ago',
    [
      ...absent,
      [1, '/.env', 200, 512, leak],
      [4 * DAY, '/', 200, 1, null],
      [8 * DAY, '/', 200, 1, null],
      [8 * DAY + 61, '/dump.sql', 200, 512, leak],
    ],
    'success',
  ],
  [
    'a path with ordinary visitors in the same hour',
    [...absent, [1, '/x.php', 200, 512, leak], [4, '/x.php', 200, 99, null]],
    'attempt',
  ],
  [
    'a path with ordinary visitors only later in the hour',
    [...absent, [1, '/x.php', 200, 512, leak], [6, '/x.php', 200, 99, null]],
    'success',
  ],
  [
    'a path with ordinary visitors of another site',
    [[0, '/x.php', 200, 99, null, { host: null }], ...absent, [61, '/x.php', 200, 512, leak]],
    'success',
  ],
  [
    'a site whose name is not logged',
    [...absent, [1, '/.env', 200, 512, leak]].map((line) => [...line.slice(0, 5), { host: null }] as unknown as Line),
    'success',
  ],
];

const larger: [title: string, lines: Line[], outcome: string][] = [
  ['much larger', [...ordinary, [61, '/search', 200, LIMIT + 1, injection]], 'success'],
  [
    'as large as the same page may be without compression',
    [...ordinary, [61, '/search', 200, LIMIT, injection]],
    'attempt',
  ],
  ['as ordinary', [...ordinary, [61, '/search', 200, 1000, injection]], 'attempt'],
  [
    'much larger after answers as ordinary',
    [
      ...ordinary,
      [61, '/search', 200, 1000, injection],
      [61, '/search', 200, LIMIT + 1, injection],
      [61, '/search', 200, 1000, injection],
    ],
    'success',
  ],
  ['much larger, and an error', [...ordinary, [61, '/search', 500, LIMIT + 1, injection]], 'attempt'],
  ['too few ordinary answers', [...ordinary.slice(1), [61, '/search', 200, 48_211, injection]], 'attempt'],
  ['no ordinary answers', [[61, '/search', 200, 48_211, injection]], 'attempt'],
  [
    'ordinary answers to HEAD',
    [
      ...ordinary.map(([...line]) => [...line.slice(0, 5), { method: 'HEAD' }] as unknown as Line),
      [61, '/search', 200, 48_211, injection],
    ],
    'attempt',
  ],
  ['ordinary answers of another path', [...ordinary, [61, '/', 200, 48_211, injection]], 'attempt'],
  [
    'ordinary answers of another site',
    [...ordinary, [61, '/search', 200, 48_211, injection, { host: 'other.example.org' }]],
    'attempt',
  ],
  ['ordinary answers of an hour that is not over', [...ordinary, [54, '/search', 200, 48_211, injection]], 'attempt'],
  [
    'ordinary answers of an hour that is over when the bucket is',
    [...ordinary, [56, '/search', 200, 48_211, injection]],
    'success',
  ],
  [
    'ordinary answers to lines that only feed correlations',
    [
      ...ordinary.map(([minutes, target, status, bytes]): Line => [minutes, target, status, bytes, silent]),
      [61, '/search', 200, 48_211, injection],
    ],
    'success',
  ],
  [
    'answers to attacks are not ordinary',
    [...times(5, [0, '/search', 200, 900, mute]), [61, '/search', 200, 48_211, injection]],
    'attempt',
  ],
  [
    'ordinary answers of several hours, the largest of which count',
    [...ordinary, [61, '/search', 200, 40_000, null], [121, '/search', 200, 48_211, injection]],
    'attempt',
  ],
  ['a rule that cannot tell', [...ordinary, [61, '/search', 200, 48_211, mute]], 'attempt'],
  ['refused', [...ordinary, [61, '/search', 403, 48_211, injection]], 'refused'],
];

/** The outcome of the sighting that began last. */
const lastOutcome = (lines: readonly Line[], options?: Partial<CorrelatorOptions>) =>
  read(lines, options)
    .incidents.flatMap(({ sightings }) => sightings)
    .toSorted((a, b) => a.first - b.first)
    .at(-1)?.outcome;

describe('what should not be there was served', () => {
  it.each(served)('%s', (_, lines, outcome) => {
    expect(lastOutcome(lines)).toBe(outcome);
  });
});

describe('an answer is larger than the ordinary ones', () => {
  it.each(larger)('%s', (_, lines, outcome) => {
    expect(lastOutcome(lines)).toBe(outcome);
  });
});

describe('a probable success', () => {
  const attack: Line = [61, '/search', 200, 48_211, injection];
  const telltale = { status: 200, bytes: 48_211, ordinary: { min: 900, max: 1200 } };

  it('says what made it one, in its sighting and in the total of its rule', () => {
    const { incidents } = read([
      ...ordinary,
      [60.5, '/other', 200, 5, mute],
      attack,
      [67, '/other', 200, 5, injection],
    ]);
    expect(incidents).toMatchObject([
      {
        outcome: 'success',
        promotion: 'success',
        rules: [
          { rule: injection, count: 2, outcome: 'success', telltale },
          { rule: mute, outcome: 'attempt' },
        ],
        sightings: [{ outcome: 'success', telltale }, { outcome: 'attempt' }, { outcome: 'attempt' }],
      },
    ]);
    expect(incidents[0]?.sightings.map((sighting) => 'telltale' in sighting)).toEqual([true, false, false]);
  });

  it('is told of the first that a rule had', () => {
    const { incidents } = read([...ordinary, attack, [67, '/search', 200, 60_000, injection]]);
    expect(incidents[0]?.sightings.map((sighting) => sighting.telltale?.bytes)).toEqual([48_211, 60_000]);
    expect(incidents[0]?.rules[0]?.telltale).toEqual(telltale);
  });

  it('of what should not be there has no ordinary answers to tell', () => {
    const { incidents } = read([...absent, [1, '/.env', 200, 512, leak]]);
    expect(incidents[0]?.rules[0]?.telltale).toEqual({ status: 200, bytes: 512, ordinary: null });
  });

  it.each([
    ['low', 'medium', false],
    ['medium', 'high', true],
    ['high', 'critical', true],
    ['critical', 'critical', true],
  ] as const)('of a rule of level %s makes an incident of level %s; by itself: %s', (level, raised, alone) => {
    const rule = { ...injection, level };
    const { incidents } = read([...ordinary, [...attack].with(4, rule) as unknown as Line], { promoteAt: 1000 });
    expect(incidents.map((incident) => incident.level)).toEqual(alone ? [raised] : []);
    const { incidents: anyway } = read([...ordinary, [...attack].with(4, rule) as unknown as Line], { promoteAt: 0 });
    expect(anyway.map((incident) => incident.level)).toEqual([raised]);
  });

  it('raises the level of the incident, also above that of a worse rule', () => {
    const weak = { ...injection, level: 'low' } as const;
    const { incidents } = read([...ordinary, [61, '/search', 200, 48_211, weak], [61, '/a', 200, 1, mute]]);
    expect(incidents).toMatchObject([
      { level: 'critical', promotion: 'level', rules: [{ rule: mute }, { rule: weak }] },
    ]);
  });

  it.each([1, 2, 3, 6, 20])('has its line first in an evidence of %i lines', (maxEvidence) => {
    const plain = (minutes: number): Line => [minutes, '/search', 200, 1000, injection];
    const lines = [...ordinary, ...[60, 60.2, 60.4].map(plain), attack, ...[61.2, 61.4, 61.6, 61.8].map(plain)];
    const { incidents } = read(lines, { maxEvidence });
    const evidence = incidents[0]?.sightings[0]?.evidence ?? [];
    expect(evidence).toHaveLength(Math.min(8, maxEvidence));
    expect(evidence[0]?.time).toBe(NOON + 61 * MINUTE);
    const rest = evidence.slice(1).map(({ time }) => time);
    expect(rest).toEqual(rest.toSorted((a, b) => a - b));
    expect(new Set(evidence.map(({ offset }) => offset)).size).toBe(evidence.length);
  });

  it('of a correlation is told of the lines that it counted', () => {
    const many = makeCorrelation(
      'many',
      { type: 'event_count', rules: ['mute'], timespanMs: HOUR, condition: [{ operator: 'gte', value: 2 }] },
      { success: 'served' },
    );
    const found: Line[] = [
      [1, '/sh.php', 200, 512, mute],
      [2, '/sh.php', 200, 700, mute],
    ];
    const { incidents } = read([...absent, ...found], { correlations: [many] });
    expect(incidents[0]?.rules.map(({ rule, outcome }) => [rule.id, outcome])).toEqual([
      ['leak', 'attempt'],
      ['many', 'success'],
      ['mute', 'attempt'],
    ]);
  });

  it('closes its episode in its turn, though it became an incident after younger ones', () => {
    const weak = { ...injection, level: 'medium' } as const;
    const client = (n: number) => ({ client: `192.0.2.${n}` });
    const { incidents, stage } = read([
      ...ordinary,
      [61, '/a', 200, 1, mute, client(1)],
      [62, '/search', 200, 48_211, weak, client(2)],
      [63, '/a', 200, 1, mute, client(3)],
      [64, '/search', 200, 48_211, weak, client(4)],
      [93.5, '/search', 200, 1, weak, client(2)],
    ]);
    expect(incidents.map(({ attacker, hits }) => [attacker.key, hits])).toEqual([
      ['192.0.2.1', 1],
      ['192.0.2.2', 1],
      ['192.0.2.3', 1],
      ['192.0.2.4', 1],
    ]);
    expect(stage.counts).toMatchObject({ episodes: 5, incidents: 4 });
  });

  it('of an episode that has to go early counts all the same', () => {
    const flood = Array.from({ length: 9 }, (_, n): Line => [61, '/', 200, 1, mute, { client: `198.51.100.${n}` }]);
    const { incidents, stage } = read(
      [...ordinary, [61, '/search', 200, 48_211, { ...injection, level: 'medium' }], ...flood],
      {
        maxEpisodes: 3,
      },
    );
    expect(incidents.map(({ outcome }) => outcome)).toContain('success');
    expect(stage.counts.incidents).toBe(10);
  });
});

describe('bounds', () => {
  const paths = (count: number, minutes = 0): Line[] =>
    Array.from({ length: count }, (_, n) => [minutes, `/p${n}`, 200, 2000 + n, null]);
  const find = [...absent, [61, '/.env', 200, 512, leak]] as const satisfies Line[];

  it('of what waits: what has no room is not learned, and then no unknown path is said to have no visitors', () => {
    const { incidents, stage } = read([...paths(10), ...find], { maxBaselinePaths: 8 });
    expect(incidents.at(-1)?.outcome).toBe('attempt');
    // Seven paths wait beside their site; remembered, they leave no room for what was served.
    expect(stage.counts.costs['answers-not-learned']).toBe(3 + 1);
  });

  it('of what is remembered: paths are taken in by name', () => {
    const learned = (order: readonly number[]): Line[] => order.flatMap((n) => times(5, [0, `/p${n}`, 200, 100, null]));
    const outcomes = (lines: readonly Line[]) =>
      [1, 2, 3, 4].map((n) =>
        lastOutcome([...paths(2, -120), ...lines, [61, `/p${n}`, 200, 9999, injection]], { maxBaselinePaths: 5 }),
      );
    expect(outcomes(learned([4, 3, 2, 1]))).toEqual(outcomes(learned([1, 2, 3, 4])));
    expect(outcomes(learned([4, 3, 2, 1]))).toEqual(['attempt', 'success', 'success', 'attempt']);
  });

  it('a week after there was no room, what is unknown has no visitors again', () => {
    const week = 7 * 24 * 60;
    const later = (minutes: number) =>
      lastOutcome(
        [
          ...paths(10),
          [minutes - 200, '/', 500, 0, null],
          [minutes - 100, '/p0', 200, 1, null],
          ...times(3, [minutes, '/.svn', 404, 1, leak]),
          [minutes, '/.env', 200, 512, leak],
        ],
        { maxBaselinePaths: 8 },
      );
    expect(later(1600)).toBe('attempt');
    expect(later(week + 1600)).toBe('success');
  });

  it('paths that nobody asks for any more are forgotten after a week', () => {
    const later = (minutes: number) =>
      lastOutcome([...ordinary, [minutes, '/', 200, 1, null], [minutes + 61, '/search', 200, 48_211, injection]]);
    expect(later(6 * 24 * 60)).toBe('success');
    expect(later(9 * 24 * 60)).toBe('attempt');
  });

  it('sites that nobody asks for any more make room for others', () => {
    const hosts = Array.from(
      { length: 20 },
      (_, n): Line => [n * DAY, '/', 200, 1, null, { host: `${n}.example.org` }],
    );
    expect(read(hosts, { maxBaselinePaths: 20 }).stage.counts.costs['answers-not-learned']).toBe(0);
    expect(read(hosts, { maxBaselinePaths: 10 }).stage.counts.costs['answers-not-learned']).toBeGreaterThan(0);
  });

  it('of the lines kept hold of no line that was given out', () => {
    const found = Array.from({ length: 30 }, (_, n): Line => {
      const client = `192.0.2.${n % 2}`;
      return [61 + 60 * Math.floor(n / 2), '/search', 200, 48_211, injection, { client }];
    });
    const { incidents, stage } = read([...ordinary, ...found], { maxKeptLines: 5 });
    expect(incidents.filter(({ outcome }) => outcome === 'success')).toHaveLength(30);
    expect(stage.counts.costs['incidents-evicted']).toBe(0);
  });

  it('an hour that was taken in early goes on', () => {
    const stage = makeCorrelator({ maxPendingHits: 0 });
    const learn = (line: Line) => {
      const [minutes, target, status, bytes] = line;
      const entry = makeEntry(minutes * 60, { target, status, bytes });
      stage.learn(entry, entry.time);
    };
    ordinary.slice(0, 4).forEach(learn);
    stage.take([makeHit(mute, makeEntry(7200))], NOON + 2 * HOUR);
    ordinary.slice(4).forEach(learn);
    const entry = makeEntry(7300, { target: '/search', status: 200, bytes: 48_211 });
    stage.take([makeHit(injection, entry)], entry.time);
    expect(stage.counts.costs['pending-hits-released-early']).toBe(2);
    expect(stage.end().incidents).toMatchObject([{ outcome: 'success' }]);
  });

  it('of the paths judged in one sighting', () => {
    const found = Array.from({ length: 10 }, (_, n): Line => [1, `/${n}.zip`, 200, 1000 * 2 ** n, leak]);
    const { incidents, stage } = read([...found, ...absent]);
    expect(incidents[0]?.sightings[0]?.telltale?.bytes).toBe(1000);
    expect(stage.counts.costs['answers-not-judged']).toBe(2);
  });

  it('answers that come too late are not learned, and counted', () => {
    const lines: Line[] = [[2, '/', 200, 9, null], ...ordinary, [62, '/search', 200, 48_211, injection]];
    const { incidents, stage } = read(lines, { latenessMs: MINUTE });
    expect(incidents[0]?.outcome).toBe('attempt');
    expect(stage.counts.lateAnswers).toBe(4);
  });
});
