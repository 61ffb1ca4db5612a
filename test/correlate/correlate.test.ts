import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CorrelatorOptions } from '../../src/correlate/correlate.ts';
import type { CorrelationRule } from '../../src/model/correlation.ts';
import type { AccessLogEntry } from '../../src/model/entry.ts';
import type { Hit } from '../../src/model/hit.ts';
import type { Incident, Sighting } from '../../src/model/incident.ts';
import type { Rule } from '../../src/model/rule.ts';
import { MINUTE, makeCorrelation, makeCorrelator, makeEntry, makeHit, makeRule, NOON, SECOND } from './fixtures.ts';

const base = makeRule('base', { alerts: false });
const low = makeRule('low', { level: 'low' });
const medium = makeRule('medium', { success: 'larger' });
const high = makeRule('high', { level: 'high', success: 'served' });
const rules = [base, low, medium, high];
const gte = (value: number) => [{ operator: 'gte', value }] as const;

const correlations: CorrelationRule[] = [
  makeCorrelation(
    'many',
    { type: 'event_count', rules: ['base'], timespanMs: 2 * MINUTE, condition: gte(3) },
    { level: 'low' },
  ),
  makeCorrelation('exactly', {
    type: 'event_count',
    rules: ['low'],
    timespanMs: MINUTE,
    condition: [{ operator: 'eq', value: 2 }],
  }),
  makeCorrelation('users', {
    type: 'value_count',
    rules: ['base', 'low'],
    groupBy: [],
    fields: ['cs-username'],
    timespanMs: MINUTE,
    condition: gte(3),
  }),
  makeCorrelation(
    'order',
    { type: 'temporal_ordered', rules: ['base', 'low', 'medium'], timespanMs: 5 * MINUTE, condition: gte(3) },
    { level: 'medium' },
  ),
  makeCorrelation('chain', { type: 'temporal', rules: ['many', 'medium'], timespanMs: 10 * MINUTE, condition: gte(2) }),
  makeCorrelation(
    'bytes',
    { type: 'value_sum', rules: ['base'], fields: ['sc-bytes'], timespanMs: MINUTE, condition: gte(45) },
    { level: 'low' },
  ),
];

const LATENESS = 30 * SECOND;
const SETTINGS = { correlations, latenessMs: LATENESS, gapMs: 7 * MINUTE, bucketMs: 2 * MINUTE, pendingSightings: 3 };

const request = fc.record({
  pause: fc.integer({ min: 0, max: 9 }).map((step) => [0, 0, 1, 2, 5, 20, 40, 100, 250, 700][step] ?? 0),
  client: fc.integer({ min: 0, max: 2 }),
  user: fc.integer({ min: 0, max: 3 }),
  status: fc.constantFrom(200, 200, 403, 404),
  target: fc.constantFrom('/', '/login', '/.env', '/.git/config'),
  size: fc.constantFrom(300, 400, 20_000),
  hits: fc.oneof(fc.constant<Rule[]>([]), fc.subarray(rules)),
  source: fc.nat(),
});

interface Request {
  pause: number;
  client: number;
  user: number;
  status: number;
  target: string;
  size: number;
  hits: Rule[];
  source: number;
}
/** A line, with hits or without any. */
interface Line {
  readonly entry: AccessLogEntry;
  readonly hits: readonly Hit[];
  /** Where it will be read from. */
  readonly source: number;
}

/** Enough, in the first hour, to judge by: ordinary answers, and 404 to what should not be there. */
const PAST: readonly Request[] = Array.from({ length: 30 }, (_, n) => ({
  pause: n === 29 ? 3700 : 20,
  client: 3,
  user: 0,
  status: n % 5 === 0 ? 404 : 200,
  target: n % 2 === 0 ? '/' : '/login',
  size: 300 + n,
  hits: n % 5 === 0 ? [high] : [],
  source: n,
}));

/** Lines in order of time. Ordinary requests get small answers. */
function linesOf(requests: readonly Request[]): Line[] {
  let seconds = 0;
  return requests.map(({ pause, client, user, status, target, size, hits, source }) => {
    seconds += pause;
    const facts = { client: `192.0.2.${client}`, user: `user-${user}`, status, target };
    const entry = makeEntry(seconds, { ...facts, bytes: hits.length === 0 ? size % 1000 : size });
    return { entry, hits: hits.map((rule) => makeHit(rule, entry)), source };
  });
}

const timeOf = ({ entry }: Line) => entry.time;

/** What the same lines, split otherwise, give just as well: all but where a line was read. */
const comparableSighting = (sighting: Sighting) => ({
  ...sighting,
  evidence: sighting.evidence.map(({ time, sha256, text, matched }) => ({ time, sha256, text, matched })),
});

const comparable = (incidents: readonly Incident[]) =>
  incidents.map((incident) => ({ ...incident, sightings: incident.sightings.map(comparableSighting) }));

/** Each sighting by what identifies it. */
const identified = (incidents: readonly Incident[]) =>
  incidents.flatMap(({ attacker, first, sightings }) =>
    sightings.map((sighting) => {
      const { rule, bucket, arrival } = sighting;
      return [JSON.stringify([attacker.key, first, rule.id, bucket, arrival]), comparableSighting(sighting)] as const;
    }),
  );

const comparableHits = (hits: readonly Hit[]) => hits.map(({ rule, entry }) => [rule.id, entry.time, entry.line.text]);

/** Reads `sources` in the turns that `next` chooses; asks for what is final, and ticks, as often as `asks` says. */
function readSources(
  sources: readonly (readonly Line[])[],
  next: (left: number) => number,
  asks: (turn: number) => boolean,
  options: Partial<CorrelatorOptions> = {},
) {
  const stage = makeCorrelator({ ...SETTINGS, ...options });
  const reading = sources.map((lines) => ({ lines, place: 0, clock: Math.min(...lines.slice(0, 1).map(timeOf)) }));
  const hits: Hit[] = [];
  const incidents: Incident[] = [];
  const gather = (final: ReturnType<typeof stage.advance>) => {
    hits.push(...final.hits);
    incidents.push(...final.incidents);
  };
  for (let turn = 0; ; turn++) {
    const open = reading.filter(({ lines, place }) => place < lines.length);
    const source = open[next(open.length)];
    if (source === undefined) break;
    const line = source.lines[source.place++] as Line; // place < length
    source.clock = Math.max(source.clock, timeOf(line));
    if (!line.hits.some(({ rule }) => rule.alerts)) stage.learn(line.entry, source.clock);
    if (line.hits.length > 0) stage.take(line.hits, source.clock);
    const asked = asks(turn);
    if (asked) stage.take([], source.clock);
    const left = reading.filter(({ lines, place }) => place < lines.length);
    if (asked && left.length > 0) gather(stage.advance(Math.min(...left.map(({ clock }) => clock)) - LATENESS));
  }
  gather(stage.end());
  return { hits, incidents, counts: stage.counts, attackers: stage.attackers(100) };
}

/** Lines out of order by less than the lateness: as a server writes them when requests end. */
function disorder(lines: readonly Line[], delays: readonly number[]): Line[] {
  return lines
    .map((line, index) => ({ line, end: timeOf(line) + ((delays[index % delays.length] ?? 0) % (LATENESS - 1)) }))
    .sort((a, b) => a.end - b.end)
    .map(({ line }) => line);
}

describe('the same lines give the same results', () => {
  it('however they are split over sources, interleaved, out of order, and asked for', () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.nat(LATENESS), { minLength: 1, maxLength: 20 }),
        fc.infiniteStream(fc.nat()),
        fc.infiniteStream(fc.boolean()),
        (requests, sourceCount, delays, turns, asks) => {
          const lines = linesOf([...PAST, ...requests]);
          const whole = readSources(
            [lines],
            () => 0,
            () => false,
          );
          const sources = Array.from({ length: sourceCount }, (_, index) =>
            disorder(
              lines.filter(({ source }) => source % sourceCount === index),
              delays,
            ),
          ).filter(({ length }) => length > 0);
          const split = readSources(
            sources,
            (left) => (left === 0 ? 0 : (turns.next().value ?? 0) % left),
            () => asks.next().value ?? false,
          );
          expect(comparableHits(split.hits)).toEqual(comparableHits(whole.hits));
          expect(comparable(split.incidents)).toEqual(comparable(whole.incidents));
          expect(split.attackers).toEqual(whole.attackers);
          expect(split.counts).toEqual(whole.counts);
          for (const { outcome } of whole.incidents) outcomes.add(outcome);
        },
      ),
      { numRuns: 150 },
    );
    expect([...outcomes].sort()).toEqual(['attempt', 'refused', 'success']);
  });

  it('live and at once give the same sightings', () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 60 }), (requests) => {
        const lines = [linesOf([...PAST, ...requests])];
        const live = readSources(
          lines,
          () => 0,
          () => true,
          { pendingSightings: 1 },
        );
        const batch = readSources(
          lines,
          () => 0,
          () => false,
          { pendingSightings: 1_000_000 },
        );
        const sightings = new Map(identified(batch.incidents));
        expect(new Map(identified(live.incidents))).toEqual(sightings);
        expect(identified(batch.incidents)).toHaveLength(sightings.size);
        expect(identified(live.incidents)).toHaveLength(sightings.size);
        expect(live.incidents.every(({ sightings, closed }) => closed || sightings.length > 0)).toBe(true);
        const identities = batch.incidents.map(({ attacker, first }) => `${attacker.key} ${first}`);
        expect(new Set(identities).size).toBe(identities.length);
      }),
      { numRuns: 100 },
    );
  });
});

describe('no hit is lost', () => {
  it('sightings add up to the alerting and the counted hits, late ones included', () => {
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 1, maxLength: 60 }),
        fc.array(fc.nat(20 * MINUTE), { minLength: 1, maxLength: 20 }),
        (requests, delays) => {
          const lines = linesOf(requests)
            .map((line, index) => ({ line, end: timeOf(line) + (delays[index % delays.length] ?? 0) }))
            .sort((a, b) => a.end - b.end)
            .map(({ line }) => line);
          const { hits, incidents } = readSources(
            [lines],
            () => 0,
            () => false,
            { promoteAt: 0 },
          );
          const alerting = lines.flatMap((line) => line.hits).filter(({ rule }) => rule.alerts).length;
          const sightings = incidents.flatMap((incident) => incident.sightings);
          expect(sightings.reduce((sum, { count }) => sum + count, 0)).toBe(alerting + hits.length);
          const totals = incidents.filter(({ closed }) => closed).flatMap((incident) => incident.rules);
          expect(totals.reduce((sum, { count }) => sum + count, 0)).toBe(alerting + hits.length);
          for (const { bucket, bucketMs, first, last, evidence, count } of sightings) {
            expect(first >= bucket && last < bucket + bucketMs && first <= last).toBe(true);
            expect(evidence).toHaveLength(Math.min(count, 20));
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('lines that wait', () => {
  it('are released early when there are too many, and what comes behind them counts as late', () => {
    const stage = makeCorrelator({ maxPendingHits: 2 });
    for (const seconds of [10, 11, 12, 9]) stage.take([makeHit(high, makeEntry(seconds))], NOON + 12 * SECOND);
    const { incidents } = stage.end();
    expect(incidents[0]).toMatchObject({ hits: 4, first: NOON + 10 * SECOND });
    expect(stage.counts).toMatchObject({ hits: 4, lateHits: 1 });
    expect(stage.counts.costs['pending-hits-released-early']).toBe(2);
  });

  it('without hits are none', () => {
    const stage = makeCorrelator();
    stage.take([], NOON);
    expect(stage.end()).toEqual({ hits: [], incidents: [] });
  });
});
