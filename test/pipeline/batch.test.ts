import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BATCH_DEFAULTS } from '../../src/index.ts';
import { type BatchPlan, runBatch } from '../../src/pipeline/pipeline.ts';
import { NOON } from '../support/logs.ts';
import { anyLog, LOUD_RULES, OFFICE, RULES } from './quiet-logs.ts';

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

it('a batch gives the same bundles, hits and tally as one that parses every line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-quiet-'));
  const paths = ['a.log', 'b.log'].map((name) => join(folder, name));
  const options = fc.record({
    sinceMs: fc.constantFrom(Number.NEGATIVE_INFINITY, NOON + 10_000),
    untilMs: fc.constantFrom(Number.POSITIVE_INFINITY, NOON + 4_010_000),
    allow: fc.constantFrom([], [OFFICE], [{ ...OFFICE, paths: ['/a'] }], [{ ...OFFICE, cidrs: null, paths: ['/a'] }]),
    read: fc.constantFrom({ maxLineBytes: 65_536 }, { maxLineBytes: 300 }),
  });
  await fc.assert(
    fc.asyncProperty(anyLog, anyLog, options, async (one, other, given) => {
      for (const [n, { bytes }] of [one, other].entries()) writeFileSync(paths[n] ?? '', bytes);
      const expected = await runOver(paths, { ...given, rules: LOUD_RULES });
      expect(await runOver(paths, given)).toEqual(expected);
    }),
    { numRuns: 15 },
  );
  rmSync(folder, { recursive: true });
});
