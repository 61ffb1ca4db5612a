import { describe, expect, it } from 'vitest';
import { type RuleSet, readRules } from '../../../src/detect/detect.ts';
import { describeFault, FaultsError } from '../../../src/model/errors.ts';

const base = (id: string, more = '') =>
  `id: ${id}\nname: ${id}-name\ntitle: ${id}\n${more}logsource: {category: webserver}\ndetection:\n  s: {sc-status: 401}\n  condition: s\n`;
const correlation = (inner: string, id = 'corr', more = '') =>
  `id: ${id}\ntitle: ${id}\nlevel: high\n${more}correlation:\n  ${inner.replaceAll('\n', '\n  ')}\n`;
const COUNT = 'type: event_count\nrules: [a]\ngroup-by: [c-ip]\ntimespan: 5m\ncondition: {gte: 3}';

const read = (...documents: readonly string[]): RuleSet =>
  readRules([{ path: 'c.yml', text: documents.join('---\n') }]);

function faultsOf(...documents: readonly string[]): readonly string[] {
  try {
    read(...documents);
    return [];
  } catch (error) {
    if (!(error instanceof FaultsError)) throw error;
    return error.faults.map(describeFault).map((fault) => fault.replace('c.yml:', ''));
  }
}

const alertsOf = (set: RuleSet): Record<string, boolean> =>
  Object.fromEntries([...set.rules, ...set.correlations.map(({ rule }) => rule)].map(({ id, alerts }) => [id, alerts]));

describe('a correlation', () => {
  it('has its references resolved to ids', () => {
    const [found] = read(base('a'), correlation(COUNT.replace('[a]', 'a-name'))).correlations;
    expect(found).toMatchObject({
      type: 'event_count',
      rules: ['a'],
      groupBy: ['c-ip'],
      timespanMs: 300_000,
      condition: [{ operator: 'gte', value: 3 }],
      fields: [],
      percentile: null,
      resets: [],
      aliases: {},
      generate: false,
      rule: { id: 'corr', kind: 'correlation', level: 'high', alerts: true },
    });
  });

  it.each([
    ['10s', 10_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1w', 604_800_000],
    ['1M', 2_592_000_000],
    ['1y', 31_536_000_000],
  ])('has a time span: %s', (timespan, expected) => {
    expect(read(base('a'), correlation(COUNT.replace('5m', timespan))).correlations[0]?.timespanMs).toBe(expected);
  });

  it('may give a range', () => {
    const [found] = read(base('a'), correlation(COUNT.replace('gte: 3', 'gt: 1, lte: 9'))).correlations;
    expect(found?.condition).toEqual([
      { operator: 'gt', value: 1 },
      { operator: 'lte', value: 9 },
    ]);
  });

  it('of values names its fields', () => {
    const values =
      'type: value_percentile\nrules: [a]\ntimespan: 1h\ncondition: {field: sc-bytes, percentile: 95, gt: 10}';
    expect(read(base('a'), correlation(values)).correlations[0]).toMatchObject({
      fields: ['sc-bytes'],
      percentile: 95,
      groupBy: [],
    });
    const tuples = 'type: value_count\nrules: [a]\ntimespan: 1h\ncondition: {field: [cs-username, cs-host], gt: 10}';
    expect(read(base('a'), correlation(tuples)).correlations[0]?.fields).toEqual(['cs-username', 'cs-host']);
  });

  it('in time needs no condition: all of its rules', () => {
    const temporal = 'type: temporal\nrules: [a, b]\ntimespan: 1h';
    expect(read(base('a'), base('b'), correlation(temporal)).correlations[0]?.condition).toEqual([
      { operator: 'gte', value: 2 },
    ]);
  });

  it('has aliases by the id of the rule', () => {
    const inner = `${COUNT.replace('c-ip', 'who')}\naliases: {who: {a-name: src_ip}}`;
    expect(read(base('a'), correlation(inner)).correlations[0]?.aliases).toEqual({ who: { a: 'src_ip' } });
  });

  it('may refer to another, also to one that comes later', () => {
    const outer = correlation('type: temporal_ordered\nrules: [inner, a]\ntimespan: 1h', 'outer');
    const set = read(base('a'), outer, correlation(COUNT, 'inner'));
    expect(set.correlations.map(({ rule, rules }) => [rule.id, rules])).toEqual([
      ['outer', ['inner', 'a']],
      ['inner', ['a']],
    ]);
    expect(alertsOf(set)).toEqual({ a: false, inner: false, outer: true });
  });
});

describe('rules that a correlation refers to', () => {
  it.each([
    ['do not alert', correlation(COUNT), false],
    ['alert with generate', correlation(`${COUNT}\ngenerate: true`), true],
    ['alert with generate at the top', correlation(COUNT, 'corr', 'generate: true\n'), true],
  ])('%s', (_, document, expected) => {
    expect(alertsOf(read(base('a'), document)).a).toBe(expected);
  });

  it('alert when one of several correlations says so', () => {
    const set = read(base('a'), correlation(COUNT, 'x'), correlation(`${COUNT}\ngenerate: true`, 'y'));
    expect(alertsOf(set).a).toBe(true);
  });

  it('do as they say themselves', () => {
    const own = (alerts: boolean) => base('a', `sightline: {alerts: ${alerts}}\n`);
    expect(alertsOf(read(own(true), correlation(COUNT))).a).toBe(true);
    expect(alertsOf(read(own(false))).a).toBe(false);
  });
});

describe('faults', () => {
  it.each([
    [
      'an unknown rule',
      COUNT.replace('[a]', '[aa]'),
      '14:11: there is no rule "aa" among those loaded, did you mean "a"?',
    ],
    ['itself', COUNT.replace('[a]', '[corr]'), '14:11: the correlation refers to itself'],
    [
      'no time span',
      COUNT.replace('timespan: 5m\n', ''),
      '13:3: correlation.timespan: expected a time span such as 30s, 10m or 1h',
    ],
    [
      'a bad time span',
      COUNT.replace('5m', '5 min'),
      '16:13: correlation.timespan: expected a time span such as 30s, 10m or 1h',
    ],
    [
      'an unknown type',
      COUNT.replace('event_count', 'count'),
      '13:9: correlation.type: expected one of event_count, value_count, temporal, temporal_ordered, value_sum, value_avg, value_percentile',
    ],
    ['an unknown key', `${COUNT}\ngroup_by: [x]`, '18:3: unknown key "group_by", did you mean "group-by"?'],
    [
      'no condition',
      COUNT.replace('\ncondition: {gte: 3}', ''),
      '13:3: event_count needs a condition with gt, gte, lt, lte, eq, neq',
    ],
    [
      'a field where none is used',
      COUNT.replace('gte: 3', 'gte: 3, field: x'),
      '17:14: event_count has no use for a field',
    ],
    ['no field', COUNT.replace('event_count', 'value_count'), '17:14: value_count needs a field in its condition'],
    [
      'several fields for a sum',
      COUNT.replace('event_count', 'value_sum').replace('gte: 3', 'gte: 3, field: [x, y]'),
      '17:14: value_sum takes one field',
    ],
    [
      'no percentile',
      COUNT.replace('event_count', 'value_percentile').replace('gte: 3', 'gte: 3, field: x'),
      '17:14: value_percentile needs a percentile',
    ],
    [
      'an alias of a rule that is not there',
      `${COUNT}\naliases: {x: {b: y}}`,
      '18:17: there is no rule "b" among those loaded, did you mean "a"?',
    ],
    [
      'an alias of a rule that it does not refer to',
      `${COUNT}\naliases: {x: {corr: y}}`,
      '18:17: the correlation does not refer to "corr"',
    ],
  ])('%s', (_, inner, expected) => {
    expect(faultsOf(base('a'), correlation(inner))).toEqual([expected]);
  });

  it('generate that is neither true nor false', () => {
    expect(faultsOf(base('a'), correlation(COUNT, 'corr', 'generate: maybe\n'))).toEqual([
      '12:11: generate: true or false was expected',
    ]);
  });

  it('a name that several rules have', () => {
    const other = base('b').replace('name: b-name', 'name: a-name');
    expect(faultsOf(base('a'), other, correlation(COUNT.replace('[a]', '[a-name]')))).toEqual([
      '22:11: the name "a-name" is that of 2 rules',
    ]);
  });

  it('a circle of correlations', () => {
    const x = correlation(COUNT.replace('[a]', '[y]'), 'x');
    const y = correlation(COUNT.replace('[a]', '[x]'), 'y');
    expect(faultsOf(x, y)).toEqual([
      '6:11: the correlation refers to itself',
      '16:11: the correlation refers to itself',
    ]);
  });

  it('a proof that is not a stream', () => {
    const proof = "sightline:\n  proof:\n    match: ['GET / HTTP/1.1']\n";
    expect(faultsOf(base('a'), correlation(COUNT, 'corr', proof))).toEqual([
      '14:13: a proof of a correlation is a list of requests',
    ]);
  });
});

describe('rules that empty the window of a correlation', () => {
  const reset = (names: string) => `sightline: {reset: ${names}}\n`;

  it('are known by id or name, and alert as they did', () => {
    const set = read(base('a'), base('b'), base('c'), correlation(COUNT, 'corr', reset('[b, c-name]')));
    expect(set.correlations[0]?.resets).toEqual(['b', 'c']);
    expect(alertsOf(set)).toEqual({ a: false, b: true, c: true, corr: true });
  });

  it('may have the group under another name', () => {
    const inner = `${COUNT.replace('c-ip', 'who')}\naliases: {who: {a: c-ip, b: cs-username}}`;
    const [found] = read(base('a'), base('b'), correlation(inner, 'corr', reset('[b]'))).correlations;
    expect(found?.aliases).toEqual({ who: { a: 'c-ip', b: 'cs-username' } });
  });

  it.each([
    ['must be there', COUNT, '[nobody]', '12:21: there is no rule "nobody" among those loaded'],
    ['are no correlations', COUNT, '[corr]', '12:21: "corr" is a correlation: only a rule empties a window'],
    [
      'have no use where the window is counted as it closes',
      COUNT.replace('gte', 'lt'),
      '[a]',
      '12:20: a window that is counted when it closes cannot be emptied before: use gt or gte',
    ],
  ])('%s', (_, inner, names, fault) => {
    expect(faultsOf(base('a'), correlation(inner, 'corr', reset(names)))).toEqual([fault]);
  });

  it('belong to correlations', () => {
    expect(faultsOf(base('a'), base('b', reset('[a]')))).toEqual(['12:20: only a correlation has a window to empty']);
  });
});

it('reads the streams that prove a correlation', () => {
  const proof =
    "sightline:\n  proof:\n    match:\n      - [ {request: 'GET /{n} HTTP/1.1', repeat: 5, every: 250ms}, {request: 'GET / HTTP/1.1', after: 1.5m} ]\n";
  const [found] = read(base('a'), correlation(COUNT, 'corr', proof)).proofs;
  expect(found?.rule.id).toBe('corr');
  expect(found?.cases[0]?.stream).toMatchObject([
    { request: 'GET /{n} HTTP/1.1', repeat: 5, everyMs: 250, afterMs: 0 },
    { request: 'GET / HTTP/1.1', repeat: 1, everyMs: 1000, afterMs: 90_000 },
  ]);
});

it('warns of an alias that is not used', () => {
  const { warnings } = read(base('a'), correlation(`${COUNT}\naliases: {x: {a: y}}`));
  expect(warnings.map(describeFault)).toEqual(['c.yml:18:13: group-by does not use "x"']);
});
