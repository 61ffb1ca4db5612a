import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CorrelationRule } from '../../src/model/correlation.ts';
import { makeCorrelation, makeEntry, makeHit, makeRule, NOON, runAll, SECOND } from './fixtures.ts';

const TIMESPAN = 10;
const hit = makeRule('hit', { alerts: false });

/** Whether a window with these lines, all of them in time, satisfies the correlation. */
type Oracle = (bytes: readonly number[]) => boolean;

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);
const make = (type: CorrelationRule['type'], value: number, percentile: number | null = null) =>
  makeCorrelation('c', {
    type,
    rules: ['hit'],
    fields: ['sc-bytes'],
    percentile,
    timespanMs: TIMESPAN * SECOND,
    condition: [{ operator: 'gte', value }],
  });

const kinds: [string, CorrelationRule, Oracle][] = [
  ['event_count', make('event_count', 4), (bytes) => bytes.length >= 4],
  ['value_count', make('value_count', 3), (bytes) => new Set(bytes).size >= 3],
  ['value_sum', make('value_sum', 20), (bytes) => sumOf(bytes) >= 20],
  ['value_avg', make('value_avg', 7), (bytes) => sumOf(bytes) / bytes.length >= 7],
  [
    'value_percentile',
    make('value_percentile', 7, 75),
    (bytes) => bytes.filter((size) => size < 7).length < Math.ceil(0.75 * bytes.length),
  ],
];

/** The definition, straight: looks at every window from its beginning. */
function expectedLines(lines: readonly { time: number; bytes: number }[], holds: Oracle): number[] {
  const counted: number[] = [];
  let fired = false;
  let since = 0;
  for (const [index, { time }] of lines.entries()) {
    const before = lines[index - 1];
    if (before === undefined || time > before.time + TIMESPAN) {
      fired = false;
      since = index;
    }
    const start = lines.findIndex((line, place) => place >= since && line.time >= time - TIMESPAN);
    if (fired) {
      counted.push(index);
    } else if (holds(lines.slice(start, index + 1).map(({ bytes }) => bytes))) {
      fired = true;
      for (let place = start; place <= index; place++) counted.push(place);
    }
  }
  return counted;
}

describe('a sliding window', () => {
  it.each(kinds)('of %s agrees with its definition', (_, correlation, holds) => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ pause: fc.constantFrom(1, 2, 3, 5, 9, 10, 11, 30), bytes: fc.integer({ min: 1, max: 9 }) }),
          {
            maxLength: 40,
          },
        ),
        (steps) => {
          let time = 0;
          const lines = steps.map(({ pause, bytes }) => {
            time += pause;
            return { time, bytes };
          });
          const hits = lines.map(({ time, bytes }) => [makeHit(hit, makeEntry(time, { bytes }))]);
          const counted = runAll(hits, { correlations: [correlation] }).hits.map(
            ({ entry }) => (entry.time - NOON) / SECOND,
          );
          expect(counted).toEqual(expectedLines(lines, holds).map((index) => lines[index]?.time));
        },
      ),
    );
  });
});
