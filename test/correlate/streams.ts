import fc from 'fast-check';
import type { CorrelationRule } from '../../src/model/correlation.ts';
import type { AccessLogEntry } from '../../src/model/entry.ts';
import type { Hit } from '../../src/model/hit.ts';
import type { Rule } from '../../src/model/rule.ts';
import { MINUTE, makeCorrelation, makeEntry, makeHit, makeRule, SECOND } from './fixtures.ts';

const base = makeRule('base', { alerts: false });
const low = makeRule('low', { level: 'low' });
const medium = makeRule('medium', { success: 'larger' });
export const high = makeRule('high', { level: 'high', success: 'served' });
export const rules: Rule[] = [base, low, medium, high];
const gte = (value: number) => [{ operator: 'gte', value }] as const;

const correlations: CorrelationRule[] = [
  makeCorrelation(
    'many',
    { type: 'event_count', rules: ['base'], timespanMs: 2 * MINUTE, condition: gte(3) },
    { level: 'low' },
  ),
  makeCorrelation(
    'in-a-row',
    { type: 'event_count', rules: ['base'], resets: ['high'], timespanMs: 3 * MINUTE, condition: gte(3) },
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

export const LATENESS = 30 * SECOND;
export const SETTINGS = {
  correlations,
  latenessMs: LATENESS,
  gapMs: 7 * MINUTE,
  bucketMs: 2 * MINUTE,
  pendingSightings: 3,
};

/** One request of a stream. */
export const request = fc.record({
  pause: fc.integer({ min: 0, max: 9 }).map((step) => [0, 0, 1, 2, 5, 20, 40, 100, 250, 700][step] ?? 0),
  client: fc.integer({ min: 0, max: 2 }),
  user: fc.integer({ min: 0, max: 3 }),
  status: fc.constantFrom(200, 200, 403, 404),
  target: fc.constantFrom('/', '/login', '/.env', '/.git/config'),
  size: fc.constantFrom(300, 400, 20_000),
  hits: fc.oneof(fc.constant<Rule[]>([]), fc.subarray(rules)),
  source: fc.nat(),
});

export interface Request {
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
export interface Line {
  readonly entry: AccessLogEntry;
  readonly hits: readonly Hit[];
  /** Where it will be read from. */
  readonly source: number;
}

/** Enough, in the first hour, to judge by: ordinary answers, and 404 to what should not be there. */
export const PAST: readonly Request[] = Array.from({ length: 30 }, (_, n) => ({
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
export function linesOf(requests: readonly Request[]): Line[] {
  let seconds = 0;
  return requests.map(({ pause, client, user, status, target, size, hits, source }) => {
    seconds += pause;
    const facts = { client: `192.0.2.${client}`, user: `user-${user}`, status, target };
    const entry = makeEntry(seconds, { ...facts, bytes: hits.length === 0 ? size % 1000 : size });
    return { entry, hits: hits.map((rule) => makeHit(rule, entry)), source };
  });
}
