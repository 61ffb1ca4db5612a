import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withSamples } from '../../src/correlate/samples.ts';
import type { Sample, Sighting } from '../../src/model/incident.ts';
import { LEVELS } from '../../src/model/rule.ts';
import { evidenceOf, ruleOf, sightingOf } from '../compose/fixtures.ts';

const low = ruleOf({ id: 'low', level: 'low' });
const line = (n: number) => evidenceOf({ line: n, offset: n });
const linesOf = (samples: readonly Sample[]) => samples.map((sample) => sample.line.line);

it('are the lines of the worst rule first, and each once', () => {
  const quiet = sightingOf({ rule: low, evidence: [line(1), line(2)] });
  const loud = sightingOf({ evidence: [line(2), line(3), line(4)] });
  expect(linesOf(withSamples([], [quiet, loud]))).toEqual([2, 3, 1]);
});

it('begin with the line of a probable success, though its rule is not the worst', () => {
  const success = sightingOf({ rule: low, outcome: 'success', evidence: [line(2)] });
  expect(linesOf(withSamples([], [sightingOf({ evidence: [line(1)] }), success]))).toEqual([2, 1]);
});

it('stay when what comes later is less, and make room for what is worse', () => {
  const many = Array.from({ length: 9 }, (_, n) => sightingOf({ bucket: n, evidence: [line(2 * n), line(2 * n + 1)] }));
  const oldest = withSamples([], many);
  expect(linesOf(oldest)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(withSamples(oldest, [sightingOf({ rule: low, bucket: -1, evidence: [line(90)] })])).toEqual(oldest);
  const worst = sightingOf({ rule: ruleOf({ id: 'worst', level: 'critical' }), bucket: 99, evidence: [line(91)] });
  expect(linesOf(withSamples(oldest, [worst]))).toEqual([91, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

it('are two lines when two files of one name had them at one offset', () => {
  const other = { ...line(1), sha256: 'cd'.repeat(32) };
  expect(withSamples([], [sightingOf({ evidence: [line(1), other] })])).toHaveLength(2);
});

it('are the same however many sightings come at a time, and in whatever order', () => {
  const sighting = fc
    .record({
      level: fc.nat(LEVELS.length - 1),
      success: fc.boolean(),
      bucket: fc.nat(3),
      arrival: fc.option(fc.integer({ min: 4, max: 6 })),
      lines: fc.array(fc.nat(40), { maxLength: 3 }),
    })
    .map(({ level, success, bucket, arrival, lines }) =>
      sightingOf({
        rule: ruleOf({ id: `rule-${level}`, level: LEVELS[level] ?? 'low' }),
        outcome: success ? 'success' : 'attempt',
        bucket,
        arrival,
        evidence: lines.map(line),
      }),
    );
  const identity = ({ rule, bucket, arrival }: Sighting) => `${rule.id} ${bucket} ${arrival}`;
  const episode = fc
    .uniqueArray(sighting, { selector: identity, maxLength: 30 })
    .chain((sightings) =>
      fc.tuple(fc.constant(sightings), fc.shuffledSubarray(sightings, { minLength: sightings.length })),
    );
  fc.assert(
    fc.property(episode, fc.array(fc.nat(5), { minLength: 1 }), ([sightings, shuffled], sizes) => {
      let samples: readonly Sample[] = [];
      for (let rest = shuffled, turn = 0; rest.length > 0; turn++) {
        const size = 1 + (sizes[turn % sizes.length] ?? 0);
        samples = withSamples(samples, rest.slice(0, size));
        rest = rest.slice(size);
      }
      expect(samples).toEqual(withSamples([], sightings));
    }),
  );
});
