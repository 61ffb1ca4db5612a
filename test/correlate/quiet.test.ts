import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Caller, Correlated, CorrelatorOptions, Page, QuietLine, Served } from '../../src/correlate/correlate.ts';
import { callerOf, isServed, pageOf } from '../../src/correlate/correlate.ts';
import type { CorrelationRule } from '../../src/model/correlation.ts';
import type { AccessLogEntry } from '../../src/model/entry.ts';
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
import { linesOf, PAST, request, rules, SETTINGS } from './streams.ts';

const every = makeRule('every', { alerts: false });
const quiet = {
  rule: every,
  hitOf: (line: AccessLogEntry['line']) => makeHit(every, readEntry(line)),
};
const count = (id: string, least: number, timespanMs: number, facts: Partial<CorrelationRule> = {}) =>
  makeCorrelation(id, {
    type: 'event_count',
    rules: ['every'],
    timespanMs,
    condition: [{ operator: 'gte', value: least }],
    ...facts,
  });
const FEW = count('few', 3, MINUTE);
const MANY = count('many', 9, 10 * MINUTE);
const PATHS = count('paths', 3, 2 * MINUTE, { type: 'value_count', fields: ['cs-uri-stem'] });
const TWICE = count('twice', 2, 5 * MINUTE, { rules: ['low'] });
const BOTH = count('both', 2, 5 * MINUTE, { type: 'temporal', rules: ['every', 'twice'] });
const ORDERED = count('ordered', 2, 5 * MINUTE, { type: 'temporal_ordered', rules: ['every', 'twice'] });
const SETS: CorrelationRule[][] = [[FEW], [MANY], [FEW, PATHS, MANY], [TWICE, BOTH], [BOTH, PATHS, TWICE, ORDERED]];

/** Makes quiet lines for one correlator: each client and each path is always the same object, and so is the line. */
function quietLines(): (entry: AccessLogEntry) => QuietLine {
  const callers = new Map<string, Caller>();
  const pages = new Map<string, Page>();
  const same = {} as QuietLine;
  return (entry) => {
    const { line, time, client } = entry;
    const before = '#'.repeat(line.number % 3);
    const bytes = Buffer.from(`${before}${line.text}\n`, 'latin1');
    const caller = callers.get(client) ?? callerOf(client);
    callers.set(client, caller);
    let served: Served | null = null;
    if (isServed(entry)) {
      const page = pages.get(entry.stem) ?? pageOf(entry.stem);
      pages.set(entry.stem, page);
      served = { host: entry.host, time, page, bytes: entry.bytes };
    }
    const { source, number, offset } = line;
    const to = bytes.length - 1;
    return Object.assign(same, { bytes, from: before.length, to, source, number, offset, time, caller, served });
  };
}

/** Each line with the time at which it is read. */
interface Read {
  readonly entry: AccessLogEntry;
  readonly alerting: readonly string[];
}

/** All that a correlator gives for these lines; asked for what is final, and resumed, where it is said. */
function run(
  lines: readonly Read[],
  options: Partial<CorrelatorOptions>,
  byQuiet: boolean,
  asks: (index: number) => boolean = () => false,
  cuts: (index: number) => boolean = () => false,
): string {
  let stage = makeCorrelator({ ...options, quiet });
  let quietLine = quietLines();
  expect(stage.canTakeQuiet).toBe(true);
  const given: Correlated[] = [];
  let clock = Number.NEGATIVE_INFINITY;
  for (const [index, { entry, alerting }] of lines.entries()) {
    clock = Math.max(clock, entry.time);
    const hits = rules.filter(({ id, alerts }) => alerts && alerting.includes(id));
    if (byQuiet && hits.length === 0) {
      stage.takeQuiet(quietLine(entry), clock);
    } else {
      if (hits.length === 0) stage.learn(entry, clock);
      stage.take(
        [every, ...hits].map((rule) => makeHit(rule, entry)),
        clock,
      );
    }
    if (asks(index)) given.push(stage.advance(clock - SETTINGS.latenessMs));
    if (!cuts(index)) continue;
    const state = deserialize(serialize(stage.snapshot()));
    quietLine = quietLines();
    stage = makeCorrelator({ ...options, quiet, resume: { state, rules: [every, ...rules], reread: readEntry } });
  }
  given.push(stage.advance(clock - SETTINGS.latenessMs));
  const { posts, tracks } = stage.snapshot().windows;
  const held = [...posts, ...tracks].map(({ store }) => store.held);
  given.push(stage.end());
  const [hits, incidents] = [given.flatMap((one) => one.hits), given.flatMap((one) => one.incidents)];
  return JSON.stringify({ held, hits, incidents, attackers: stage.attackers(100), counts: stage.counts }, null, 1);
}

const requests = fc.array(
  fc.record({ request, alone: fc.integer({ min: 0, max: 3 }), delay: fc.constantFrom(0, 0, 0, 5, 25, 31, 400) }),
  { minLength: 1, maxLength: 70 },
);
type Requests = typeof requests extends fc.Arbitrary<infer T> ? T : never;

/** Clients of which two are of one network. Most lines have no hits but that of the rule for every request. */
function readsOf(all: Requests, pauseOf: (pause: number) => number): (Read & { readonly readAt: number })[] {
  const [delays, only] = [all.map(({ delay }) => delay * SECOND), all.map(({ alone }) => alone > 0)];
  const given = all.map((one) => ({ ...one.request, pause: pauseOf(one.request.pause) }));
  const past = PAST.length;
  return linesOf([...PAST, ...given]).map(({ entry, hits }, n) => ({
    entry: n % 2 === 0 || n < past ? entry : withClient(entry, `2001:db8::${n % 4}`),
    alerting: only[n - past] ? [] : hits.map(({ rule }) => rule.id),
    readAt: entry.time + (delays[n - past] ?? 0),
  }));
}

/** The same request of another client, with a line that says so. */
function withClient({ line: _, time, ...facts }: AccessLogEntry, client: string): AccessLogEntry {
  return makeEntry((time - NOON) / SECOND, { ...facts, client });
}

describe('a correlator that takes quiet lines by their bytes', () => {
  const choices = fc.array(fc.boolean(), { minLength: 1, maxLength: 7 });

  it('gives what one gives that takes all as hits, byte for byte, in whatever order, asked and resumed', () => {
    fc.assert(
      fc.property(
        requests,
        fc.constantFrom(
          // A line that nobody waits for does not wait itself.
          { correlations: [] },
          ...SETS.flatMap((correlations) =>
            [{}, { pendingSightings: 1 }, { maxPendingHits: 3, maxPendingLines: 3 }].map((bounds) => ({
              correlations,
              ...bounds,
            })),
          ),
        ),
        fc.constantFrom<(pause: number) => number>(
          (pause) => pause,
          (pause) => (pause < 20 ? 0 : pause / 20),
        ),
        choices,
        choices,
        (all, bounds, pauseOf, asks, cuts) => {
          const lines = readsOf(all, pauseOf).sort((a, b) => a.readAt - b.readAt);
          const options = { ...SETTINGS, ...bounds };
          const asked = (index: number) => asks[index % asks.length] ?? false;
          const expected = run(lines, options, false, asked);
          expect(run(lines, options, true, asked)).toBe(expected);
          expect(run(lines, options, true, asked, (n) => n % 20 === 19 && (cuts[n % cuts.length] ?? false))).toBe(
            expected,
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('gives the same within its bounds, for lines of which no two have one time', () => {
    fc.assert(
      fc.property(
        requests,
        fc.constantFrom(...SETS),
        fc.constantFrom<Partial<CorrelatorOptions>>({ maxHeldLines: 6 }, { maxGroupEvents: 3 }),
        (all, correlations, bounds) => {
          const lines = readsOf(all, (pause) => Math.max(1, pause));
          const options = { ...SETTINGS, correlations, ...bounds };
          expect(run(lines, options, true)).toBe(run(lines, options, false));
        },
      ),
      { numRuns: 60 },
    );
  });
});

it.each(['abc', 'acb', 'bac', 'bca', 'cab', 'cba'])('lines of one moment that come as %s fire in order', (order) => {
  const [stage, quietLine] = [makeCorrelator({ correlations: [FEW], quiet }), quietLines()];
  for (const target of order) stage.takeQuiet(quietLine(makeEntry(0, { target: `/${target}` })), NOON);
  expect(stage.end().hits.map(({ entry }) => entry.target)).toEqual(['/a', '/b', '/c']);
});

describe('lines that had to make room', () => {
  const flood = count('flood', 1500, 10 * MINUTE);
  const bounds = { correlations: [flood], maxHeldLines: 1, maxQuietBytes: 1, maxPendingHits: 1, maxPendingLines: 5000 };
  const lines = (from: number, to: number, seconds: number) =>
    Array.from({ length: to - from }, (_, n) => makeEntry(seconds, { target: `/${from + n}` }));

  it('are counted, and missing from what fires, whether they waited for their turn or for others', () => {
    const stage = makeCorrelator({ ...bounds, quiet, maxHeldLines: 5000 });
    const ring = makeCorrelator({ ...bounds, quiet, maxPendingLines: 2000 });
    for (const one of [stage, ring]) {
      const quietLine = quietLines();
      for (const entry of lines(0, 1600, 0)) one.takeQuiet(quietLine(entry), entry.time);
    }
    expect([stage, ring].map(({ counts }) => counts.costs['quiet-lines-dropped'])).toEqual([0, 1600 - 1024]);
    expect([stage, ring].map((one) => one.end().hits.length)).toEqual([1600, 0]);
  });

  it('are none that a window needs still', () => {
    const stage = makeCorrelator({
      ...bounds,
      correlations: [count('flood', 1200, MINUTE)],
      quiet,
      maxHeldLines: 5000,
    });
    const quietLine = quietLines();
    for (const [from, to, seconds] of [
      [0, 600, 0],
      [600, 601, 30],
      [601, 1201, 60],
    ] as const) {
      for (const entry of lines(from, to, seconds)) stage.takeQuiet(quietLine(entry), entry.time);
      stage.advance(NOON + seconds * SECOND + 1);
    }
    expect(stage.end().hits.length + stage.counts.countedLines).toBe(1201);
  });

  it('are missing from a snapshot', () => {
    const stage = makeCorrelator({ ...bounds, quiet, maxHeldLines: 1500, maxPendingLines: 200 });
    const quietLine = quietLines();
    for (const entry of lines(0, 1000, 0)) stage.takeQuiet(quietLine(entry), entry.time);
    stage.advance(NOON + SECOND);
    for (const entry of lines(1000, 1100, 2)) stage.takeQuiet(quietLine(entry), entry.time);
    expect(stage.snapshot().tables.entries.text.length).toBe(1024);
  });
});
