import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Correlator, CorrelatorOptions, CorrelatorState, Resume } from '../../src/correlate/correlate.ts';
import type { CorrelationRule } from '../../src/model/correlation.ts';
import type { Hit } from '../../src/model/hit.ts';
import type { Incident } from '../../src/model/incident.ts';
import type { Rule } from '../../src/model/rule.ts';
import {
  MINUTE,
  makeCorrelation,
  makeCorrelator,
  makeEntry,
  makeHit,
  makeRule,
  NOON,
  readEntry,
  SECOND,
} from './fixtures.ts';
import { high, type Line, linesOf, PAST, request, rules, SETTINGS } from './streams.ts';

/** Plain data, so that a run after a restart can be given copies. */
type Settings = Partial<Omit<CorrelatorOptions, 'fieldValue' | 'resume'>>;

const store = (state: CorrelatorState): CorrelatorState => deserialize(serialize(state));

/** A correlator of rules read anew, as after a restart. */
function resumeWith(state: CorrelatorState, options: Settings = {}, facts: Partial<Resume> = {}) {
  const resume = { state: store(state), rules: structuredClone(rules), reread: readEntry, ...facts };
  return makeCorrelator({ ...options, resume });
}

/** Reads the lines as one source; asks for what is final where `asks` says, and goes on in a new correlator at each cut. */
function run(lines: readonly Line[], options: Settings, asks: (index: number) => boolean, cuts: ReadonlySet<number>) {
  let stage: Correlator = makeCorrelator(options);
  const hits: Hit[] = [];
  const incidents: Incident[] = [];
  const gather = (final: ReturnType<Correlator['advance']>) => {
    hits.push(...final.hits);
    incidents.push(...final.incidents);
  };
  let clock = Number.NEGATIVE_INFINITY;
  for (const [index, { entry, hits: found }] of lines.entries()) {
    clock = Math.max(clock, entry.time);
    if (!found.some(({ rule }) => rule.alerts)) stage.learn(entry, clock);
    if (found.length > 0) stage.take(found, clock);
    if (asks(index)) gather(stage.advance(clock - SETTINGS.latenessMs));
    if (!cuts.has(index)) continue;
    const state = stage.snapshot();
    stage = resumeWith(state, structuredClone(options));
    expect(stage.snapshot()).toEqual(state);
  }
  const attackers = stage.attackers(100);
  gather(stage.end());
  const final = { hits: hits.map(({ rule, entry, match }) => [rule, entry.line, match]), incidents };
  return JSON.stringify({ ...final, attackers, counts: stage.counts, after: stage.attackers(100) });
}

const BOUNDS: Settings[] = [
  {},
  { pendingSightings: 1 },
  {
    maxGroups: 3,
    maxEpisodes: 2,
    maxHeldLines: 4,
    maxAttackers: 1,
    maxSightings: 2,
    maxKeptLines: 9,
    maxLateSightings: 1,
  },
  { maxPendingHits: 2, maxPendingLines: 3, maxGroupEvents: 2, maxEvidence: 3, maxBaselinePaths: 2, promoteAt: 0 },
];

describe('a correlator that resumes with a snapshot', () => {
  it('gives what the other would have given, byte for byte, wherever it was taken and however often', () => {
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 1, maxLength: 60 }),
        fc.array(fc.nat(90), { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(20 * MINUTE), { minLength: 1, maxLength: 20 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
        fc.constantFrom(...BOUNDS),
        (requests, cuts, delays, asks, bounds) => {
          const lines = linesOf([...PAST, ...requests])
            .map((line, index) => ({ line, end: line.entry.time + (delays[index % delays.length] ?? 0) }))
            .sort((a, b) => a.end - b.end)
            .map(({ line }) => line);
          const options = { ...SETTINGS, ...bounds };
          const asked = (index: number) => asks[index % asks.length] ?? false;
          expect(run(lines, options, asked, new Set(cuts))).toBe(run(lines, options, asked, new Set()));
        },
      ),
      { numRuns: 300 },
    );
  });
});

it('a window that a bound has dropped stays dropped when its time comes after a restart', () => {
  const silent = makeRule('silent', { alerts: false });
  const twice = makeCorrelation('twice', {
    type: 'event_count',
    rules: ['silent'],
    timespanMs: MINUTE,
    condition: [{ operator: 'eq', value: 2 }],
  });
  const options = { correlations: [twice], maxHeldLines: 1 };
  const line = (seconds: number, client: string) => [makeHit(silent, makeEntry(seconds, { client }))];
  let stage = makeCorrelator(options);
  // Too many lines drop the window of the first client, who then begins another one.
  const stream = [line(0, 'a'), line(1, 'b'), line(2, 'c'), line(3, 'd'), line(30, 'a')];
  for (const hits of stream) stage.take(hits, NOON + 30 * SECOND);
  stage.advance(NOON + 31 * SECOND);
  stage = resumeWith(stage.snapshot(), options, { rules: [silent] });
  stage.take(line(70, 'a'), NOON + 70 * SECOND);
  expect(stage.end().hits.map(({ entry }) => (entry.time - NOON) / SECOND)).toEqual([30, 70]);
});

describe('what has changed when a snapshot is resumed', () => {
  const silent = makeRule('silent', { alerts: false });
  const loud = makeRule('loud', { level: 'medium', title: 'Loud' });
  const three = makeCorrelation('three', {
    type: 'event_count',
    rules: ['silent'],
    timespanMs: MINUTE,
    condition: [{ operator: 'gte', value: 3 }],
  });
  const exactly = makeCorrelation('exactly', {
    type: 'event_count',
    rules: ['silent'],
    timespanMs: MINUTE,
    condition: [{ operator: 'eq', value: 3 }],
  });
  const at = (seconds: number, rule: Rule) => [makeHit(rule, makeEntry(seconds))];

  /** What comes of two silent lines before a restart and one after it. */
  function countOver(before: CorrelationRule, after: CorrelationRule[]) {
    const stage = makeCorrelator({ correlations: [before] });
    for (const seconds of [0, 1]) stage.take(at(seconds, silent), NOON + seconds * SECOND);
    stage.advance(NOON + 2 * SECOND);
    const resumed = resumeWith(stage.snapshot(), { correlations: after }, { rules: [silent] });
    resumed.take(at(2, silent), NOON + 2 * SECOND);
    return { counted: resumed.end().hits.map(({ rule }) => rule.title), costs: resumed.counts.costs };
  }

  it.each([three, exactly])('windows go on when only what a correlation says has changed: $rule.id', (before) => {
    const after = { ...before, generate: true, rule: { ...before.rule, title: 'New words' } };
    const { counted, costs } = countOver(before, [after]);
    expect(counted).toEqual(['New words', 'New words', 'New words']);
    expect(costs['outdated-groups-dropped']).toBe(0);
  });

  it.each<[string, CorrelationRule, CorrelationRule[]]>([
    ['has another condition', three, [{ ...three, condition: [{ operator: 'gt', value: 2 }] }]],
    ['has another timespan', three, [{ ...three, timespanMs: 2 * MINUTE }]],
    ['groups otherwise', three, [{ ...three, groupBy: [] }]],
    ['is gone', three, []],
    ['is gone before its window is over', exactly, []],
  ])('windows of a correlation that %s are dropped and counted', (_, before, after) => {
    const { counted, costs } = countOver(before, after);
    expect(counted).toEqual([]);
    expect(costs['outdated-groups-dropped']).toBe(1);
  });

  it.each([
    ['sleeps', [0, 1], [0, 1, 2]],
    ['has fired', [0, 1, 1.5], [0, 1, 1.5, 2]],
  ])('a correlation that %s goes on beside one that comes, goes or changes', (_, past, counted) => {
    const two = { ...three, rule: makeRule('two'), condition: [{ operator: 'gte', value: 2 } as const] };
    const slower = { ...two, timespanMs: 2 * MINUTE };
    const ways = [
      [[three], [three, slower]],
      [[three, two], [three]],
      [
        [three, two],
        [slower, three],
      ],
    ] as const;
    for (const [before, after] of ways) {
      const stage = makeCorrelator({ correlations: before });
      const hits: Hit[] = [];
      for (const seconds of past) stage.take(at(seconds, silent), NOON + seconds * SECOND);
      hits.push(...stage.advance(NOON + 2 * SECOND).hits);
      const resumed = resumeWith(stage.snapshot(), { correlations: after }, { rules: [silent] });
      resumed.take(at(2, silent), NOON + 2 * SECOND);
      hits.push(...resumed.end().hits);
      const times = (id: string) =>
        hits.filter(({ rule }) => rule.id === id).map(({ entry }) => (entry.time - NOON) / SECOND);
      expect(times('three')).toEqual(counted);
      expect(times('two')).toEqual(before.length === 2 ? [...past] : []);
      expect(resumed.counts.costs['outdated-groups-dropped']).toBe(before.length - 1);
    }
  });

  it('hits that wait for a rule that is gone are dropped and counted, those of others are not', () => {
    const stage = makeCorrelator();
    const entry = makeEntry(0);
    stage.take([makeHit(loud, entry), makeHit(high, entry)], NOON);
    stage.take(at(1, loud), NOON + SECOND);
    const resumed = resumeWith(stage.snapshot(), {}, { rules: [high] });
    const { incidents } = resumed.end();
    expect(incidents.map(({ hits, rules: totals }) => [hits, totals.map(({ rule }) => rule.id)])).toEqual([
      [1, ['high']],
    ]);
    expect(resumed.counts.costs['outdated-hits-dropped']).toBe(2);
  });

  /** An episode of one loud line before a restart and one strong line after it. */
  function tellOver(present: Rule[]) {
    const stage = makeCorrelator();
    stage.take(at(0, loud), NOON);
    stage.advance(NOON + SECOND);
    const resumed = resumeWith(stage.snapshot(), {}, { rules: present });
    resumed.take(at(2, high), NOON + 2 * SECOND);
    return resumed.end().incidents[0];
  }

  it('an episode remembers a rule that is gone as it was', () => {
    const incident = tellOver([high]);
    expect(incident?.sightings.map(({ rule }) => rule)).toEqual([high, loud]);
    expect(incident?.rules.map(({ rule }) => rule)).toEqual([high, loud]);
    expect(incident?.score).toBe(150);
  });

  it('an episode tells of a rule that has changed as it is now, its score with it', () => {
    const changed = { ...loud, title: 'Louder', level: 'critical' } as const;
    const incident = tellOver([high, changed]);
    expect(incident?.sightings.map(({ rule }) => rule.title)).toEqual([high.title, 'Louder']);
    expect(incident?.rules.map(({ rule }) => rule.title)).toEqual(['Louder', high.title]);
    expect(incident?.score).toBe(300);
  });

  it('sightings keep the length of the bucket that they were opened in', () => {
    const stage = makeCorrelator({ bucketMs: MINUTE });
    stage.take(at(0, high), NOON);
    stage.advance(NOON + SECOND);
    const resumed = resumeWith(stage.snapshot(), { bucketMs: 2 * MINUTE }, { rules: [high] });
    resumed.take(at(180, high), NOON + 3 * MINUTE);
    expect(resumed.end().incidents[0]?.sightings.map(({ bucketMs }) => bucketMs)).toEqual([MINUTE, 2 * MINUTE]);
  });

  it.each<[string, Resume['reread']]>([
    ['cannot be read any more', () => null],
    ['tells another client now', (line) => ({ ...readEntry(line), client: '192.0.2.99' })],
    ['tells another time now', (line) => ({ ...readEntry(line), time: NOON })],
  ])('a line that %s is counted for what was stored of it', (_, reread) => {
    const stage = makeCorrelator();
    stage.take(at(1, high), NOON + SECOND);
    const resumed = resumeWith(stage.snapshot(), {}, { rules: [high], reread });
    const [incident] = resumed.end().incidents;
    expect(incident).toMatchObject({
      attacker: { key: '192.0.2.1' },
      first: NOON + SECOND,
      hits: 1,
      outcome: 'attempt',
    });
    expect(incident?.sightings[0]?.evidence[0]?.text).toContain('/login');
    expect(resumed.counts.costs['lines-not-reread']).toBe(1);
  });
});

describe('a state from before samples were kept', () => {
  const bounds = { maxEpisodes: 1, maxPendingHits: 1, pendingSightings: 1 };
  const from = (seconds: number, client: string) => [makeHit(high, makeEntry(seconds, { client }))];

  it('tells of an episode by what comes after it', () => {
    const stage = makeCorrelator(bounds);
    stage.take(from(0, 'a'), NOON);
    expect(stage.advance(NOON + 10 * MINUTE).incidents.map(({ samples }) => samples.length)).toEqual([1]);
    const state = stage.snapshot();
    const live = state.book.live.map(({ samples: _, ...episode }) => episode);
    const resumed = resumeWith({ ...state, book: { ...state.book, live } }, bounds);
    resumed.take(from(660, 'a'), NOON + 11 * MINUTE);
    const times = resumed.end().incidents.map(({ samples }) => samples.map(({ line }) => (line.time - NOON) / SECOND));
    expect(times).toEqual([[660], [660]]);
  });

  it('tells of an incident on its way out by its sightings', () => {
    const stage = makeCorrelator(bounds);
    for (const [n, client] of ['a', 'b', 'c', 'd'].entries()) stage.take(from(n, client), NOON + n * SECOND);
    const state = stage.snapshot();
    const due = state.book.due.map(({ samples: _, ...incident }) => incident);
    expect(due.length).toBeGreaterThan(0);
    const resumed = resumeWith({ ...state, book: { ...state.book, due } }, bounds);
    expect(resumed.end().incidents).toEqual(stage.end().incidents);
  });
});

describe('a state that cannot be resumed', () => {
  it('of another version is refused', () => {
    const state = { ...makeCorrelator().snapshot(), version: 99 };
    expect(() => resumeWith(state)).toThrow(expect.objectContaining({ code: 'unknown-state' }));
  });

  it('that is damaged is refused', () => {
    const stage = makeCorrelator();
    stage.take([makeHit(high, makeEntry(0))], NOON);
    const { tables, ...state } = stage.snapshot();
    const damaged = { ...state, tables: { ...tables, rules: [] } };
    expect(() => resumeWith(damaged)).toThrow(expect.objectContaining({ code: 'damaged-state' }));
  });
});

it('a snapshot is not changed by what its correlator takes after it', () => {
  const stage = makeCorrelator({ correlations: SETTINGS.correlations });
  const lines = linesOf(PAST.map((line) => ({ ...line, hits: rules })));
  const state = lines.slice(0, 15).reduce<CorrelatorState | null>((_, { entry, hits }) => {
    stage.learn(entry, entry.time);
    stage.take(hits, entry.time);
    stage.advance(entry.time);
    return stage.snapshot();
  }, null);
  const before = serialize(state);
  for (const { entry, hits } of lines.slice(15)) {
    stage.learn(entry, entry.time);
    stage.take(hits, entry.time);
  }
  stage.end();
  expect(serialize(state).equals(before)).toBe(true);
});
