import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Correlator, CorrelatorOptions } from '../../src/correlate/correlate.ts';
import type { Hit } from '../../src/model/hit.ts';
import type { Incident, Sighting } from '../../src/model/incident.ts';
import type { Rule } from '../../src/model/rule.ts';
import { MINUTE, makeCorrelator, makeEntry, makeHit, makeRule, NOON, SECOND } from './fixtures.ts';
import { high, LATENESS, type Line, linesOf, PAST, request, SETTINGS } from './streams.ts';

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

const costsOf = ({ counts: { costs } }: Correlator) => [
  costs['pending-hits-released-early'],
  costs['pending-lines-released-early'],
];

describe('lines that wait', () => {
  it('are released early when there are too many, and what comes behind them counts as late', () => {
    const stage = makeCorrelator({ maxPendingHits: 2 });
    for (const seconds of [10, 11, 12, 9]) stage.take([makeHit(high, makeEntry(seconds))], NOON + 12 * SECOND);
    const { incidents } = stage.end();
    expect(incidents[0]).toMatchObject({ hits: 4, first: NOON + 10 * SECOND });
    expect(stage.counts).toMatchObject({ hits: 4, lateHits: 1 });
    expect(stage.counts.costs['pending-hits-released-early']).toBe(2);
  });

  it('are released early when they are too long, and what comes behind them counts as late', () => {
    const stage = makeCorrelator({ maxPendingHits: 4 });
    for (const seconds of [10, 11, 12, 9]) {
      const entry = makeEntry(seconds);
      const line = { ...entry.line, length: seconds === 11 ? 1025 : 512 };
      stage.take([makeHit(high, { ...entry, line })], NOON + 12 * SECOND);
    }
    stage.end();
    expect(stage.counts.lateHits).toBe(1);
    expect(stage.counts.costs['pending-hits-released-early']).toBe(2);
  });

  it('leave those with hits of rules that alert in time when they have none', () => {
    const silent = makeRule('silent', { alerts: false });
    const stage = makeCorrelator({ maxPendingHits: 2, maxPendingLines: 3 });
    const take = (rule: Rule, ...all: number[]) => {
      for (const seconds of all) stage.take([makeHit(rule, makeEntry(seconds))], NOON + 20 * SECOND);
    };
    take(silent, 13, 14, 15);
    take(high, 12, 11);
    expect([stage.counts.lateHits, costsOf(stage)]).toEqual([0, [0, 0]]);
    take(silent, 16);
    expect([stage.counts.lateHits, costsOf(stage)]).toEqual([0, [0, 3]]);
    take(high, 10);
    expect([stage.counts.lateHits, costsOf(stage)]).toEqual([1, [0, 3]]);
  });

  it('without hits are none', () => {
    const stage = makeCorrelator();
    stage.take([], NOON);
    expect(stage.end()).toEqual({ hits: [], incidents: [] });
  });
});
