import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { BATCH_DEFAULTS } from '../../src/index.ts';
import { type BatchPlan, runBatch } from '../../src/pipeline/pipeline.ts';
import { NOON } from '../support/logs.ts';
import { anyLog, LOUD_RULES, OFFICE, RULES, rulesOf, write } from './quiet-logs.ts';

/** With one that tells of clients that come twice. */
const TWICE_RULES = rulesOf(
  'title: Twice\nlevel: high\ncorrelation: {type: event_count, rules: [any], group-by: [c-ip], timespan: 1m, condition: {gte: 2}}',
);

/** All that a batch makes of these logs. */
async function runOver(paths: readonly string[], options: Partial<BatchPlan>) {
  const [bundles, hits, rejects]: [string[], string[], string[]] = [[], [], []];
  const { tally, faults } = await runBatch({
    ...BATCH_DEFAULTS,
    ...{ rules: RULES, sources: paths.map((name) => ({ name, sizeBytes: 0 })), ...options },
    sink: {
      name: 'none',
      async send({ key, body }) {
        bundles.push(body);
        return { key, verdict: 'delivered', entities: [], reason: null };
      },
      close: async () => {},
    },
    onHit: ({ rule: { title }, entry, match }) => hits.push(JSON.stringify([title, entry.line, match])),
    onReject: ({ code, line }) => rejects.push(JSON.stringify([code, line])),
  });
  const hitsByRule = [...tally.hitsByRule].map(([{ title }, count]) => `${title} ${count}`).sort();
  // Which of several sources is read first is of no account.
  const counted = { ...tally, hitsByRule, firstRejects: tally.firstRejects.length };
  return { bundles, hits: hits.sort(), rejects: rejects.sort(), faults, tally: counted };
}

const folder = mkdtempSync(join(tmpdir(), 'sightline-quiet-'));
const paths = ['a.log', 'b.log'].map((name) => join(folder, name));
afterAll(() => rmSync(folder, { recursive: true }));

/** Scanned in segments, without other threads: what they do is done in this one. */
const apart = (segmentBytes: number) => ({ workers: 0, ruleFolders: [], segmentBytes });

it('a batch gives the same bundles, hits and tally as one that parses every line, in segments or not', async () => {
  const options = fc.record({
    sinceMs: fc.constantFrom(Number.NEGATIVE_INFINITY, NOON + 10_000),
    untilMs: fc.constantFrom(Number.POSITIVE_INFINITY, NOON + 4_010_000),
    allow: fc.constantFrom([], [OFFICE], [{ ...OFFICE, paths: ['/a'] }], [{ ...OFFICE, cidrs: null, paths: ['/a'] }]),
    read: fc.constantFrom({ maxLineBytes: 65_536 }, { maxLineBytes: 300 }),
  });
  await fc.assert(
    fc.asyncProperty(anyLog, anyLog, options, fc.integer({ min: 1, max: 3000 }), async (one, other, given, size) => {
      for (const [n, { bytes }] of [one, other].entries()) writeFileSync(paths[n] ?? '', bytes);
      const expected = await runOver(paths, { ...given, rules: LOUD_RULES });
      expect(await runOver(paths, given)).toEqual(expected);
      expect(await runOver(paths, { ...given, apart: apart(size) })).toEqual(expected);
    }),
    { numRuns: 15 },
  );
});

it.each<[title: string, third: string]>([
  ['is not asked for', write('combined', { client: '192.0.2.3', seconds: -60 })],
  ['is rejected', write('combined', { client: 'a!b' })],
])('a last line without a newline is its own in segments, too, where the line before %s', async (_, third) => {
  const [other, one, last] = [{}, { client: '192.0.2.9' }, { client: '192.0.2.9', seconds: 5 }];
  const lines = [write('combined', other), write('combined', one), third, write('combined', last)];
  writeFileSync(paths[0] ?? '', lines.join('\n'));
  const given = { rules: TWICE_RULES, sinceMs: NOON };
  const expected = await runOver(paths.slice(0, 1), given);
  expect(expected.hits.filter((hit) => hit.includes('192.0.2.9'))).toHaveLength(2);
  expect(await runOver(paths.slice(0, 1), { ...given, apart: apart(100_000) })).toEqual(expected);
});
