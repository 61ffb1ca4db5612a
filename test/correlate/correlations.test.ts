import { describe, expect, it } from 'vitest';
import type { Comparison, CorrelationRule } from '../../src/model/correlation.ts';
import type { AccessLogEntry } from '../../src/model/entry.ts';
import type { Hit } from '../../src/model/hit.ts';
import type { Rule } from '../../src/model/rule.ts';
import {
  MINUTE,
  makeCorrelation,
  makeCorrelator,
  makeEntry,
  makeHit,
  makeRule,
  NOON,
  runAll,
  SECOND,
} from './fixtures.ts';

const silent = { alerts: false } as const;
const failed = makeRule('failed', silent);
const worked = makeRule('worked', silent);
const third = makeRule('third', silent);

const atLeast = (value: number): Comparison[] => [{ operator: 'gte', value }];

/** One line of a stream: seconds after noon, the rules that hit it, and what differs from an ordinary entry. */
type Line = readonly [seconds: number, rules: Rule | readonly Rule[], facts?: Partial<AccessLogEntry>];

function linesOf(stream: readonly Line[]): Hit[][] {
  return stream.map(([seconds, rules, facts]) => {
    const entry = makeEntry(seconds, facts);
    return [rules].flat().map((rule) => makeHit(rule, entry));
  });
}

/** Seconds after noon of the lines that each alerting correlation counted, in the order in which they came out. */
function countedBy(correlations: readonly CorrelationRule[], stream: readonly Line[], latenessMs = MINUTE) {
  const { hits, stage } = runAll(linesOf(stream), { correlations, latenessMs });
  const counted: Record<string, number[]> = {};
  for (const { rule, entry } of hits) {
    counted[rule.id] = [...(counted[rule.id] ?? []), (entry.time - NOON) / SECOND];
  }
  return { counted, counts: stage.counts };
}

/** The same, of lines that are as long as that. */
const ofBytes = (length: number, lines: readonly Hit[][]): Hit[][] =>
  lines.map((hits) => {
    const [{ entry } = makeHit(failed, makeEntry(0))] = hits;
    const long = { ...entry, line: { ...entry.line, length } };
    return hits.map((hit) => ({ ...hit, entry: long }));
  });

const repeat = (rule: Rule, ...seconds: number[]): Line[] => seconds.map((second) => [second, rule]);
const user = (seconds: number, name: string): Line => [seconds, failed, { user: name }];
const sized = (seconds: number, bytes: number | null): Line => [seconds, failed, { bytes }];

const three = makeCorrelation('three', { type: 'event_count', rules: ['failed'], condition: atLeast(3) });
const bothInOrder = makeCorrelation('break-in', {
  type: 'temporal_ordered',
  rules: ['failed', 'worked'],
  timespanMs: MINUTE,
  condition: atLeast(2),
});
const both = makeCorrelation('both', {
  type: 'temporal',
  rules: ['failed', 'worked'],
  timespanMs: MINUTE,
  condition: atLeast(2),
});

const rows: [title: string, correlations: CorrelationRule[], stream: Line[], counted: Record<string, number[]>][] = [
  [
    'each client is a group of its own',
    [three],
    [0, 1, 2, 3, 4].map((second) => [second, failed, { client: `192.0.2.${1 + (second % 2)}` }]),
    { three: [0, 2, 4] },
  ],
  [
    'a window slides: no fixed frame of ten seconds holds all three',
    [three],
    repeat(failed, 0, 8, 15, 17),
    { three: [8, 15, 17] },
  ],
  [
    'a range fires when its lower limit is reached',
    [
      makeCorrelation('two', {
        type: 'event_count',
        rules: ['failed'],
        condition: [
          { operator: 'gt', value: 1 },
          { operator: 'lte', value: 2 },
        ],
      }),
    ],
    repeat(failed, 0, 1),
    { two: [0, 1] },
  ],
  [
    'value_count counts distinct values',
    [
      makeCorrelation('spray', {
        type: 'value_count',
        rules: ['failed'],
        fields: ['cs-username'],
        timespanMs: MINUTE,
        condition: atLeast(3),
      }),
    ],
    [user(0, 'ann'), user(1, 'bob'), user(2, 'ann'), user(3, 'bob'), user(4, 'cid')],
    { spray: [0, 1, 2, 3, 4] },
  ],
  [
    'value_count stays silent when a value has left the window before the last new one comes',
    [
      makeCorrelation('spray', {
        type: 'value_count',
        rules: ['failed'],
        fields: ['cs-username'],
        condition: atLeast(3),
      }),
    ],
    [user(0, 'ann'), user(6, 'bob'), user(11, 'cid'), user(12, 'bob')],
    {},
  ],
  [
    'value_count of several fields counts combinations',
    [
      makeCorrelation('pairs', {
        type: 'value_count',
        rules: ['failed'],
        fields: ['cs-username', 'sc-status'],
        condition: atLeast(3),
      }),
    ],
    [
      [0, failed, { user: 'ann', status: 401 }],
      [1, failed, { user: 'ann', status: 403 }],
      [2, failed, { user: 'bob', status: 401 }],
    ],
    { pairs: [0, 1, 2] },
  ],
  [
    'temporal takes the rules in any order',
    [both],
    [
      [0, worked],
      [5, failed],
    ],
    { both: [0, 5] },
  ],
  [
    'temporal_ordered wants the order of the list',
    [bothInOrder],
    [
      [0, worked],
      [5, failed],
      [9, worked],
    ],
    { 'break-in': [0, 5, 9] },
  ],
  [
    'temporal_ordered does not fire on the wrong order',
    [bothInOrder],
    [
      [0, worked],
      [5, failed],
    ],
    {},
  ],
  [
    'other clients and older lines are no part of a window',
    [both],
    [
      [0, failed],
      [5, worked, { client: '192.0.2.9' }],
      [70, worked],
    ],
    {},
  ],
  [
    'a correlation may refer to a correlation',
    [
      makeCorrelation(
        'many',
        { type: 'event_count', rules: ['failed'], timespanMs: MINUTE, condition: atLeast(3) },
        silent,
      ),
      makeCorrelation('guessed', {
        type: 'temporal_ordered',
        rules: ['many', 'worked'],
        timespanMs: 10 * MINUTE,
        condition: atLeast(2),
      }),
    ],
    [...repeat(failed, 0, 1, 2), [30, worked]],
    { guessed: [0, 1, 2, 30] },
  ],
  [
    'a chain that goes on keeps its window fresh',
    [
      makeCorrelation(
        'many',
        { type: 'event_count', rules: ['failed'], timespanMs: MINUTE, condition: atLeast(3) },
        silent,
      ),
      makeCorrelation('guessed', {
        type: 'temporal_ordered',
        rules: ['many', 'worked'],
        timespanMs: MINUTE,
        condition: atLeast(2),
      }),
    ],
    [...repeat(failed, 0, 1, 2, 50, 100), [130, worked]],
    { guessed: [100, 130] },
  ],
  [
    'an event_count of a correlation counts its firings, not what they go on to count',
    [
      makeCorrelation('many', { type: 'event_count', rules: ['failed'], condition: atLeast(2) }, silent),
      makeCorrelation('waves', {
        type: 'event_count',
        rules: ['many'],
        timespanMs: 10 * MINUTE,
        condition: atLeast(2),
      }),
    ],
    repeat(failed, 0, 1, 2, 3, 60, 61),
    { waves: [0, 1, 60, 61] },
  ],
  [
    'aliases name the field of each rule',
    [
      makeCorrelation('upload', {
        type: 'temporal',
        rules: ['failed', 'worked'],
        groupBy: ['who'],
        timespanMs: MINUTE,
        condition: atLeast(2),
        aliases: { who: { failed: 'cs-username', worked: 'c-ip' } },
      }),
    ],
    [
      [0, failed, { user: '192.0.2.7', client: '192.0.2.1' }],
      [1, worked, { client: '192.0.2.8' }],
      [2, worked, { client: '192.0.2.7' }],
    ],
    { upload: [0, 2] },
  ],
  [
    'value_sum passes over what is no number',
    [
      makeCorrelation('bulk', {
        type: 'value_sum',
        rules: ['failed'],
        fields: ['sc-bytes'],
        timespanMs: MINUTE,
        condition: [{ operator: 'gt', value: 1000 }],
      }),
    ],
    [sized(0, 600), sized(1, null), sized(2, 500)],
    { bulk: [0, 2] },
  ],
  [
    'value_avg forgets what has left the window',
    [
      makeCorrelation('heavy', {
        type: 'value_avg',
        rules: ['failed'],
        fields: ['sc-bytes'],
        condition: [{ operator: 'gt', value: 450 }],
      }),
    ],
    [sized(0, 100), sized(1, 500), sized(11, 400), sized(12, 501)],
    { heavy: [11, 12] },
  ],
  [
    'value_percentile takes the nearest rank',
    [
      makeCorrelation('tail', {
        type: 'value_percentile',
        rules: ['failed'],
        fields: ['sc-bytes'],
        percentile: 50,
        condition: atLeast(30),
      }),
    ],
    [sized(0, 10), sized(1, 40), sized(2, 20), sized(3, 30), sized(4, 35)],
    { tail: [0, 1, 2, 3, 4] },
  ],
  [
    'exactly the timespan apart is within it',
    [makeCorrelation('two', { type: 'event_count', rules: ['failed'], condition: atLeast(2) })],
    repeat(failed, 0, 10),
    { two: [0, 10] },
  ],
  [
    'more than the timespan apart is not',
    [makeCorrelation('two', { type: 'event_count', rules: ['failed'], condition: atLeast(2) })],
    repeat(failed, 0, 11),
    {},
  ],
  [
    'lines out of order by seconds are counted in order of time',
    [three],
    repeat(failed, 5, 3, 4),
    { three: [3, 4, 5] },
  ],
  [
    'a fired window goes on, each line once, and does not fire again',
    [three],
    repeat(failed, 0, 1, 2, 3, 12, 22),
    { three: [0, 1, 2, 3, 12, 22] },
  ],
  [
    'after a pause longer than the timespan it takes a whole window again',
    [three],
    repeat(failed, 0, 1, 2, 13, 14),
    { three: [0, 1, 2] },
  ],
  ['and then fires again', [three], repeat(failed, 0, 1, 2, 13, 14, 15), { three: [0, 1, 2, 13, 14, 15] }],
  [
    'a line that two of the rules hit counts once',
    [makeCorrelation('either', { type: 'event_count', rules: ['failed', 'worked'], condition: atLeast(3) })],
    [
      [0, [failed, worked]],
      [1, [failed, worked]],
      [2, failed],
      [3, [failed, worked]],
    ],
    { either: [0, 1, 2, 3] },
  ],
  ['one line is not two steps of an order', [bothInOrder], [[0, [failed, worked]]], {}],
  [
    'but it is the second step after a line before it',
    [bothInOrder],
    [
      [0, failed],
      [1, [failed, worked]],
    ],
    { 'break-in': [0, 1] },
  ],
  [
    'the order within one second is not known: either will do',
    [bothInOrder],
    [
      [0, worked, { target: '/a' }],
      [0, failed, { target: '/b' }],
    ],
    { 'break-in': [0, 0] },
  ],
  [
    'a longer order survives steps that came too early',
    [makeCorrelation('abc', { type: 'temporal_ordered', rules: ['failed', 'worked', 'third'], condition: atLeast(3) })],
    [
      [0, third],
      [1, failed],
      [2, third],
      [3, worked],
      [4, third],
    ],
    { abc: [0, 1, 2, 3, 4] },
  ],
  [
    'an order whose first step has left the window is none',
    [makeCorrelation('abc', { type: 'temporal_ordered', rules: ['failed', 'worked', 'third'], condition: atLeast(3) })],
    [
      [0, failed],
      [8, worked],
      [12, third],
    ],
    {},
  ],
  [
    'an order of the same rule twice wants two lines',
    [makeCorrelation('twice', { type: 'temporal_ordered', rules: ['failed', 'failed'], condition: atLeast(2) })],
    repeat(failed, 0, 5),
    { twice: [0, 5] },
  ],
  [
    'without group-by all lines are one group',
    [makeCorrelation('all', { type: 'event_count', rules: ['failed'], groupBy: [], condition: atLeast(2) })],
    [
      [0, failed],
      [1, failed, { client: '192.0.2.9' }],
    ],
    { all: [0, 1] },
  ],
  [
    'several group-by fields must all agree',
    [
      makeCorrelation('same', {
        type: 'event_count',
        rules: ['failed'],
        groupBy: ['c-ip', 'cs-username'],
        condition: atLeast(2),
      }),
    ],
    [user(0, 'ann'), user(1, 'bob'), user(2, 'ann')],
    { same: [0, 2] },
  ],
  [
    'long values and numbers group as any other',
    [
      makeCorrelation('long', {
        type: 'event_count',
        rules: ['failed'],
        groupBy: ['cs-username'],
        condition: atLeast(2),
      }),
      makeCorrelation('status', {
        type: 'event_count',
        rules: ['failed'],
        groupBy: ['sc-status'],
        condition: atLeast(3),
      }),
    ],
    [user(0, `${'a'.repeat(300)}1`), user(1, `${'a'.repeat(300)}2`), user(2, `${'a'.repeat(300)}1`)],
    { long: [0, 2], status: [0, 1, 2] },
  ],
  [
    'IPv6 clients of one network are one group',
    [makeCorrelation('net', { type: 'event_count', rules: ['failed'], condition: atLeast(2) })],
    [
      [0, failed, { client: '2001:db8::1' }],
      [1, failed, { client: '2001:db8::2' }],
      [2, failed, { client: '2001:db8:0:1::1' }],
    ],
    { net: [0, 1] },
  ],
];

/** Two fields to group by, a fixed window and a slow sliding one, all of the same lines. */
const mixed = [
  three,
  makeCorrelation('same-user', {
    type: 'event_count',
    rules: ['failed'],
    groupBy: ['cs-username'],
    condition: atLeast(2),
  }),
  makeCorrelation('exactly', {
    type: 'event_count',
    rules: ['failed'],
    condition: [{ operator: 'eq', value: 3 }],
  }),
  makeCorrelation('paths', {
    type: 'value_count',
    rules: ['failed'],
    fields: ['cs-uri-stem'],
    timespanMs: MINUTE,
    condition: atLeast(3),
  }),
];

describe('a correlation whose window other rules empty', () => {
  const inARow = { ...three, resets: ['worked'] };
  const of = (client: string) => ({ client });

  it.each<[string, Line[], Record<string, number[]>]>([
    ['counts what comes in a row', [...repeat(failed, 0, 1), ...repeat(worked, 2), ...repeat(failed, 3, 4)], {}],
    [
      'begins anew behind it',
      [...repeat(failed, 0), ...repeat(worked, 1), ...repeat(failed, 2, 3, 4)],
      { three: [2, 3, 4] },
    ],
    [
      'does not go on counting into what has fired',
      [...repeat(failed, 0, 1, 2), ...repeat(worked, 3), ...repeat(failed, 4, 5)],
      { three: [0, 1, 2] },
    ],
    [
      'knows one group from the other',
      [...repeat(failed, 0, 1), [2, worked, of('192.0.2.9')], [3, failed]],
      { three: [0, 1, 3] },
    ],
    [
      'empties it before a line is counted that does both',
      [...repeat(failed, 0, 1), [2, [failed, worked]], ...repeat(failed, 3)],
      {},
    ],
    [
      'has nothing to empty before the first line',
      [...repeat(worked, 0, 1), ...repeat(failed, 2, 3, 4)],
      { three: [2, 3, 4] },
    ],
  ])('%s', (_, stream, counted) => {
    expect(countedBy([inARow], stream).counted).toEqual(counted);
  });

  it('is emptied by a rule that has the group under another name', () => {
    const byUser = { ...inARow, groupBy: ['who'], aliases: { who: { failed: 'cs-username', worked: 'cs-uri-stem' } } };
    const named = (seconds: number): Line => [seconds, failed, { user: 'ann' }];
    const stream: Line[] = [named(0), named(1), [2, worked, { target: 'ann' }], named(3)];
    expect(countedBy([byUser], stream).counted).toEqual({});
    expect(countedBy([byUser], stream.toSpliced(2, 1)).counted).toEqual({ three: [0, 1, 3] });
  });

  it('is not emptied by what comes too late', () => {
    const stream: Line[] = [...repeat(failed, 3, 4), [30, third], [1, worked], ...repeat(failed, 5)];
    expect(countedBy([inARow], stream, 0).counted).toEqual({ three: [3, 4, 5] });
  });

  it('leaves other correlations of the same rule alone', () => {
    const stream = [...repeat(failed, 0, 1), ...repeat(worked, 2), ...repeat(failed, 3)];
    const other = makeCorrelation('other', { type: 'event_count', rules: ['failed'], condition: atLeast(3) });
    expect(countedBy([inARow, other], stream).counted).toEqual({ other: [0, 1, 3] });
  });
});

describe('correlations of the same lines', () => {
  it('count each for itself, awake or not', () => {
    const stream: Line[] = [
      [0, failed, { user: 'ann', target: '/a' }],
      [4, failed, { user: 'bob', target: '/b' }],
      [9, failed, { client: '192.0.2.2', user: 'bob', target: '/b' }],
      [10, failed, { user: 'cid', target: null, stem: null }],
      [30, failed, { user: 'ann', target: '/c' }],
    ];
    const { counted, counts } = countedBy(mixed, stream);
    expect(counted).toEqual({ three: [0, 4, 10], 'same-user': [4, 9], exactly: [0, 4, 10], paths: [0, 4, 30] });
    expect(counts.missingValues).toBe(1);
  });

  it.each([0, 1, 2])('lose nothing when lines of another rule wake them after %i', (index) => {
    const session = makeCorrelation('session', {
      type: 'temporal',
      rules: ['worked', 'failed'],
      timespanMs: MINUTE,
      condition: atLeast(2),
    });
    const stream: Line[] = repeat(failed, 0, 20, 40);
    const { counted } = countedBy([session, ...mixed], [...stream, [20 * index + 1, worked]]);
    expect(counted.session).toEqual([0, 20, 40, 20 * index + 1].sort((a, b) => a - b));
  });

  it('hold a line once and make no window while they cannot fire', () => {
    const stage = makeCorrelator({
      correlations: [three, { ...three, rule: makeRule('four'), condition: atLeast(4) }],
    });
    for (const hits of linesOf(repeat(failed, 0, 1))) stage.take(hits, NOON + MINUTE);
    stage.advance(NOON + MINUTE);
    const { windows, tables } = stage.snapshot();
    expect(windows.posts.map(({ store }) => store.items.length)).toEqual([0, 0]);
    expect(tables.entries.text).toHaveLength(2);
  });

  it('forget a trickle of lines as it goes on, and fire when it swells', () => {
    const twenty = { ...three, condition: atLeast(20) };
    const trickle = Array.from({ length: 200 }, (_, second) => second);
    const stage = makeCorrelator({ correlations: [twenty] });
    for (const hits of linesOf(repeat(failed, ...trickle))) stage.take(hits, hits[0]?.entry.time ?? NOON);
    stage.advance(NOON + 200 * SECOND);
    expect(stage.snapshot().tables.entries.text).toHaveLength(11);
    const burst = Array.from({ length: 10 }, () => 200);
    for (const hits of linesOf(repeat(failed, ...burst))) stage.take(hits, NOON + 200 * SECOND);
    const counted = stage.end().hits.map(({ entry }) => (entry.time - NOON) / SECOND);
    expect(counted).toEqual([...trickle.slice(190), ...burst]);
  });
});

describe('correlations', () => {
  it.each(rows)('%s', (_, correlations, stream, counted) => {
    expect(countedBy(correlations, stream).counted).toEqual(counted);
  });

  it('does not correlate an event without its group key, and counts it', () => {
    const { counted, counts } = countedBy(
      [three],
      [0, 1, 2].map((second) => [second, failed, { client: '' }]),
    );
    expect(counted).toEqual({});
    expect(counts.missingKeys).toBe(3);
  });

  it('counts events without a value', () => {
    const sum = makeCorrelation('sum', { type: 'value_sum', rules: ['failed'], fields: ['x'], condition: atLeast(5) });
    const { counted, counts } = countedBy(
      [sum],
      [
        [0, failed, { extra: { x: '2' } }],
        [1, failed, { extra: { x: 'two' } }],
        [2, failed],
        [3, failed, { extra: { x: ' ' } }],
        [4, failed, { extra: { x: '3' } }],
      ],
    );
    expect(counted).toEqual({ sum: [0, 4] });
    expect(counts.missingValues).toBe(3);
  });

  it('lets the base rule alert beside the correlation when it is told to', () => {
    const base = makeRule('base');
    const one = makeCorrelation('one', { type: 'event_count', rules: ['base'], generate: true, condition: atLeast(1) });
    const { incidents } = runAll(linesOf([[0, base]]), { correlations: [one] });
    expect(incidents[0]?.sightings.map(({ rule }) => rule.id)).toEqual(['base', 'one']);
  });

  it('hits with the correlation as rule, the counted line as entry and what its own rule matched', () => {
    const lines = linesOf(repeat(failed, 0, 1, 2));
    const { hits } = runAll(lines, { correlations: [three] });
    expect(hits.map(({ entry }) => entry)).toEqual(lines.flat().map(({ entry }) => entry));
    expect(hits[0]).toMatchObject({ rule: three.rule, match: { field: 'correlation', view: 'raw', text: '/login' } });
  });

  it('refuses correlations that refer to each other in a circle', () => {
    const a = makeCorrelation('a', { type: 'temporal', rules: ['b'] });
    const b = makeCorrelation('b', { type: 'temporal', rules: ['failed', 'a'] });
    expect(() => makeCorrelator({ correlations: [a, b] })).toThrow(
      expect.objectContaining({ code: 'correlation-cycle', message: expect.stringContaining('a -> b -> a') }),
    );
  });
});

describe('conditions that only a window that is over can answer', () => {
  const few = (condition: Comparison[]) =>
    makeCorrelation('few', { type: 'event_count', rules: ['failed'], condition });

  it.each<[string, Comparison[], Line[], number[] | undefined]>([
    ['lt: few enough', [{ operator: 'lt', value: 3 }], repeat(failed, 0, 10), [0, 10]],
    ['lt: too many', [{ operator: 'lt', value: 3 }], repeat(failed, 0, 1, 2), undefined],
    ['lte', [{ operator: 'lte', value: 3 }], repeat(failed, 0, 1, 2), [0, 1, 2]],
    ['eq: as many', [{ operator: 'eq', value: 2 }], repeat(failed, 0, 1), [0, 1]],
    ['eq: one more', [{ operator: 'eq', value: 2 }], repeat(failed, 0, 1, 2), undefined],
    ['neq', [{ operator: 'neq', value: 2 }], repeat(failed, 0), [0]],
    [
      'windows follow each other from a first event each',
      [{ operator: 'eq', value: 2 }],
      repeat(failed, 0, 10, 11, 30, 31, 32),
      [0, 10],
    ],
    ['each window fires for itself', [{ operator: 'eq', value: 1 }], repeat(failed, 0, 11, 22), [0, 11, 22]],
  ])('%s', (_, condition, stream, expected) => {
    expect(countedBy([few(condition)], stream).counted.few).toEqual(expected);
  });

  it('gives them out once event time has passed the end, not before', () => {
    const stage = makeCorrelator({ correlations: [few([{ operator: 'eq', value: 1 }])] });
    stage.take([makeHit(failed, makeEntry(0))], NOON);
    expect(stage.advance(NOON + 10 * SECOND).hits).toEqual([]);
    expect(stage.advance(NOON + 10 * SECOND + 1).hits).toHaveLength(1);
  });

  it('knows the number also of what its bound dropped', () => {
    const { hits, stage } = runAll(linesOf(repeat(failed, 0, 1, 2, 3)), {
      correlations: [few([{ operator: 'eq', value: 4 }])],
      maxGroupEvents: 2,
    });
    expect(hits.map(({ entry }) => entry.time - NOON)).toEqual([2000, 3000]);
    expect(stage.counts.costs['group-events-dropped']).toBe(2);
  });

  it('ignores a late event before the window, takes one within it', () => {
    const stream = repeat(failed, 0, 100, 109, 50, 105);
    const { counted, counts } = countedBy([few([{ operator: 'eq', value: 3 }])], stream, SECOND);
    expect(counted).toEqual({ few: [100, 105, 109] });
    expect(counts.lateEvents).toBe(1);
  });
});

describe('late events', () => {
  const later = { latenessMs: SECOND };

  it.each<[string, CorrelationRule, Line[], Record<string, number[]>]>([
    ['complete a window that is still open', three, repeat(failed, 0, 9, 4), { three: [0, 4, 9] }],
    ['go on with a firing', three, repeat(failed, 0, 1, 2, 12, 8), { three: [0, 1, 2, 12, 8] }],
    [
      'make an order',
      bothInOrder,
      [
        [20, worked],
        [10, failed],
      ],
      { 'break-in': [10, 20] },
    ],
    [
      'have windows of their own when the group has none any more',
      three,
      [...repeat(failed, 100), [200, worked], ...repeat(failed, 0, 1, 2)],
      { three: [0, 1, 2] },
    ],
  ])('%s', (_, correlation, stream, counted) => {
    expect(countedBy([correlation], stream, later.latenessMs).counted).toEqual(counted);
  });

  it('older than an open window are counted as such', () => {
    const { counted, counts } = countedBy([three], repeat(failed, 100, 101, 50), later.latenessMs);
    expect(counted).toEqual({});
    expect(counts).toMatchObject({ lateEvents: 1, lateHits: 1 });
  });
});

describe('bounds', () => {
  const clients = (count: number): Line[] =>
    Array.from({ length: count }, (_, index) => [0, failed, { client: `198.51.100.${index}` }]);

  it('drops the groups that were idle longest, and says how many', () => {
    const stream: Line[] = [...repeat(failed, 0, 0), ...clients(40), ...repeat(failed, 1)];
    const { hits, stage } = runAll(linesOf(stream), { correlations: [three], maxGroups: 10 });
    expect(hits).toEqual([]);
    expect(stage.counts.costs['groups-evicted']).toBeGreaterThan(25);
  });

  it('keeps a group that is busy among many idle ones', () => {
    const busy = clients(60).flatMap((line, index): Line[] => [line, ...(index % 3 === 0 ? repeat(failed, 1) : [])]);
    const { hits } = runAll(linesOf(busy), {
      correlations: [{ ...three, condition: atLeast(20) }],
      maxGroups: 20,
      latenessMs: 0,
    });
    expect(hits.length).toBe(20);
  });

  it('bounds the lines that all windows hold', () => {
    const { stage } = runAll(linesOf(clients(100)), { correlations: [three], maxHeldLines: 10 });
    expect(stage.counts.costs['groups-evicted']).toBeGreaterThan(80);
  });

  it.each([
    ['sleep', three],
    ['have windows of their own', bothInOrder],
  ])('bounds the bytes of the lines that windows hold, where correlations %s', (_, correlation) => {
    const evicted = (bytes: number) => {
      const options = { correlations: [correlation], maxHeldLines: 200 };
      return runAll(ofBytes(bytes, linesOf(clients(100))), options).stage.counts.costs['groups-evicted'];
    };
    expect([evicted(512), evicted(8192) > 50]).toEqual([0, true]);
  });

  it.each([100, 8192])('does not count lines of %i bytes that have left their windows', (bytes) => {
    const visitors: Line[] = clients(30).map(([, rule, facts], index) => [30 * index, rule, facts ?? {}]);
    const maxHeldLines = 4 * Math.ceil(bytes / 512);
    const { stage } = runAll(ofBytes(bytes, linesOf(visitors)), { correlations: [three], maxHeldLines });
    expect(stage.counts.costs['groups-evicted']).toBe(0);
  });

  it('holds no more than the windows do, however long lines of one client come and go', () => {
    const seconds = Array.from({ length: 200 }, (_, n) => 6 * n);
    const stream = seconds.map((second): Line => [second, second % 5 === 0 ? worked : failed]);
    const options = { correlations: [three, { ...three, rules: ['failed', 'worked'] }, bothInOrder] };
    const { stage } = runAll(ofBytes(8192, linesOf(stream)), { ...options, maxHeldLines: 16 * 3 * 3 });
    expect(stage.counts.costs['groups-evicted']).toBe(0);
  });

  it('lets go of a window that is over, though its correlation sleeps through all that comes after', () => {
    const stage = makeCorrelator({ correlations: [three] });
    const visitors = clients(5).map(([, rule, facts], index): Line => [100 + 20 * index, rule, facts ?? {}]);
    for (const hits of linesOf([...repeat(failed, 0, 1, 2), ...visitors]))
      stage.take(hits, hits[0]?.entry.time ?? NOON);
    stage.advance(NOON + 10 * MINUTE);
    const [post] = stage.snapshot().windows.posts;
    expect(post?.store.items).toEqual([]);
  });

  it('bounds the windows that wait for their end', () => {
    const few = makeCorrelation('few', {
      type: 'event_count',
      rules: ['failed'],
      condition: [{ operator: 'eq', value: 1 }],
    });
    const { hits, stage } = runAll(linesOf(clients(30)), { correlations: [few], maxGroups: 10 });
    expect(hits).toHaveLength(30 - stage.counts.costs['groups-evicted']);
    expect(stage.counts.costs['groups-evicted']).toBeGreaterThanOrEqual(20);
  });

  it('bounds the events of a group, the newest stay', () => {
    const sum = makeCorrelation('sum', {
      type: 'value_sum',
      rules: ['failed'],
      fields: ['sc-bytes'],
      condition: atLeast(100),
    });
    const stream = [1, 2, 3, 4, 99].map((bytes, second) => sized(second, bytes));
    const { hits, stage } = runAll(linesOf(stream), { correlations: [sum], maxGroupEvents: 3 });
    expect(hits.map(({ entry }) => entry.bytes)).toEqual([3, 4, 99]);
    expect(stage.counts.costs['group-events-dropped']).toBe(2);
  });

  it('gives a condition the room that it asks for', () => {
    const many = { ...three, condition: atLeast(8) };
    const { hits } = runAll(linesOf(repeat(failed, 0, 1, 2, 3, 4, 5, 6, 7)), {
      correlations: [many],
      maxGroupEvents: 3,
    });
    expect(hits).toHaveLength(8);
  });
});
