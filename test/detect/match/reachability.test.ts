import { describe, expect, it } from 'vitest';
import { reachability, readRules, unfilteredRules } from '../../../src/detect/detect.ts';
import { rule } from '../sample-rules.ts';

const COMMON = new Set([
  'c-ip',
  'cs-username',
  'cs-method',
  'c-uri',
  'cs-uri-stem',
  'cs-uri-query',
  'sc-status',
  'sc-bytes',
]);

const read = (...rules: readonly string[]) => readRules([{ path: 'a.yml', text: rules.join('---\n') }]);

describe('reachability', () => {
  it.each([
    ['a field that is not logged', 'sel: {cs-user-agent|contains: x}', 'sel', ['cs-user-agent'], ['%{User-Agent}i']],
    [
      'one of two',
      'sel:\n    cs-user-agent|contains: x\n    cs-method: GET',
      'sel',
      ['cs-user-agent'],
      ['%{User-Agent}i'],
    ],
    ['a header of its own', 'sel: {cs-x-token|exists: true}', 'sel', ['cs-x-token'], ['%{x-token}i']],
    ['not null', 'sel: {cs-referer: null}', 'not sel', ['cs-referer'], ['%{Referer}i']],
    [
      'either of two that are not logged',
      'a: {cs-referer: x}\n  b: {cs-host: y}',
      '1 of them',
      ['cs-referer', 'cs-host'],
      ['%{Referer}i', '%v'],
    ],
    ['a field to compare with', 'sel: {cs-username|fieldref: cs-host}', 'sel', ['cs-host'], ['%v']],
    [
      'what must hold, not what may fail',
      'a: {cs-referer: x}\n  b: {cs-host: y}\n  c: {cs-cookie: null}',
      'a and not b and not c',
      ['cs-cookie', 'cs-referer'],
      ['%{Cookie}i', '%{Referer}i'],
    ],
  ])('finds rules that can never match: %s', (_, selections, condition, missing, directives) => {
    const [found] = reachability(read(rule('r', selections, condition)), COMMON);
    expect(found?.missing.map(({ field }) => field)).toEqual(missing);
    expect(found?.missing.map(({ directive }) => directive)).toEqual(directives);
  });

  it.each([
    ['fields that are logged', 'sel: {cs-uri-query|contains: x}', 'sel'],
    ['an alias of one', 'sel: {url.path: x}', 'sel'],
    ['the whole line', "sel: ['x']", 'sel'],
    ['what is computed from the request', 'sel: {x-query-value|contains: x}', 'sel'],
    ['null of what is not logged', 'sel: {cs-referer: null}', 'sel'],
    ['not what is not logged', 'a: {cs-method: GET}\n  b: {cs-referer: x}', 'a and not b'],
    ['the other of two', 'a: {cs-method: GET}\n  b: {cs-referer: x}', 'a or b'],
  ])('leaves rules alone that can match: %s', (_, selections, condition) => {
    expect(reachability(read(rule('r', selections, condition)), COMMON)).toEqual([]);
  });

  it('tells the place of each item, those of filters included', () => {
    const filter = 'title: f\nfilter:\n  rules: any\n  own: {cs-cookie|contains: x}\n  condition: own\n';
    const selections = 'sel:\n    cs-method: GET\n    cs-referer: x\n    cs-host:\n      - y\n      - z';
    const set = readRules([
      { path: 'rules/a.yml', text: rule('r', selections, 'sel') },
      { path: 'rules/b.yml', text: filter },
    ]);
    expect(reachability(set, COMMON).flatMap(({ missing }) => missing)).toEqual([
      { field: 'cs-referer', directive: '%{Referer}i', path: 'rules/a.yml', line: 8, col: 5 },
      { field: 'cs-host', directive: '%v', path: 'rules/a.yml', line: 9, col: 5 },
      { field: 'cs-cookie', directive: '%{Cookie}i', path: 'rules/b.yml', line: 4, col: 9 },
    ]);
  });

  it('names rules that are not for access logs', () => {
    const other = 'title: t\nlogsource: {service: apache}\ndetection:\n  s: [x]\n  condition: s\n';
    expect(reachability(read(other), COMMON)).toMatchObject([{ missing: [] }]);
  });
});

describe('the reachability of correlations', () => {
  const good = rule('good', 'sel: {cs-method: GET}', 'sel');
  const other = rule('other', 'sel: {cs-method: POST}', 'sel');
  const dead = rule('dead', 'sel: {cs-referer: x}', 'sel');
  const correlate = (id: string, body: string) => `title: ${id}\nid: ${id}\ncorrelation: {${body}, timespan: 5m}\n`;
  const unreached = (...rules: readonly string[]) =>
    reachability(read(...rules), COMMON).map(({ rule: { id }, missing }) => [id, missing.map(({ field }) => field)]);

  it.each([
    [
      'groups by what is not logged',
      'type: event_count, rules: [good], group-by: [c-ip, cs-host], condition: {gte: 3}',
      ['cs-host'],
    ],
    [
      'counts what is not logged',
      'type: value_count, rules: [good], condition: {field: cs-user-agent, gte: 3}',
      ['cs-user-agent'],
    ],
    [
      'counts a header that is not logged',
      'type: value_sum, rules: [good], condition: {field: x-cost, gt: 9}',
      ['x-cost'],
    ],
    [
      'has an alias for what is not logged',
      'type: event_count, rules: [good], group-by: [who], aliases: {who: {good: cs-cookie}}, condition: {gte: 3}',
      ['cs-cookie'],
    ],
    ['waits for a rule that never matches', 'type: temporal, rules: [good, dead], group-by: [c-ip]', ['cs-referer']],
    [
      'waits for more rules than can match',
      'type: temporal, rules: [good, dead, other], condition: {gt: 2}',
      ['cs-referer'],
    ],
    [
      'counts rules that never match',
      'type: event_count, rules: [dead], group-by: [c-ip], condition: {gte: 3}',
      ['cs-referer'],
    ],
  ])('finds one that %s', (_, body, missing) => {
    expect(unreached(good, other, dead, correlate('c', body))).toEqual([
      ['dead', ['cs-referer']],
      ['c', missing],
    ]);
  });

  it.each([
    [
      'groups by what is logged',
      'type: event_count, rules: [good], group-by: [c-ip, x-query-value], condition: {gte: 3}',
    ],
    ['groups all together', 'type: event_count, rules: [good], condition: {gte: 3}'],
    ['counts rules of which one can match', 'type: event_count, rules: [good, dead], condition: {gte: 3}'],
    ['asks for as many rules as can match', 'type: temporal, rules: [good, dead, other], condition: {gte: 2}'],
    ['asks for few rules', 'type: temporal_ordered, rules: [good, dead], condition: {lt: 2}'],
    [
      'groups by what the events of one of its rules have',
      'type: event_count, rules: [good, other], group-by: [who], aliases: {who: {good: cs-cookie, other: c-ip}}, condition: {gte: 3}',
    ],
  ])('leaves one alone that %s', (_, body) => {
    expect(unreached(good, other, dead, correlate('c', body))).toEqual([['dead', ['cs-referer']]]);
  });

  it('follows correlations of correlations, in whatever order they are written', () => {
    const last = correlate('last', 'type: temporal, rules: [middle, good]');
    const middle = correlate('middle', 'type: event_count, rules: [first], condition: {gte: 2}');
    const first = correlate('first', 'type: event_count, rules: [good], group-by: [cs-host], condition: {gte: 2}');
    expect(unreached(last, middle, first, good)).toEqual([
      ['first', ['cs-host']],
      ['middle', ['cs-host']],
      ['last', ['cs-host']],
    ]);
  });

  it('tells the place of the key that asks for it', () => {
    const body = 'title: c\nid: c\ncorrelation:\n  type: value_count\n  rules: [good, dead]\n  group-by: [cs-host]\n';
    const set = read(good, dead, `${body}  timespan: 5m\n  condition: {field: cs-cookie, gte: 2}\n`);
    const spots = reachability(set, COMMON).flatMap(({ rule: { id }, missing }) =>
      id === 'c' ? missing.map(({ field, directive, line, col }) => [field, directive, line, col]) : [],
    );
    expect(spots).toEqual([
      ['cs-host', '%v', 22, 3],
      ['cs-cookie', '%{Cookie}i', 24, 3],
      ['cs-referer', '%{Referer}i', 21, 3],
    ]);
  });
});

describe('unfilteredRules', () => {
  it('names the rules that nothing can be looked for', () => {
    const set = read(
      rule('text', 'sel: {cs-uri-query|contains: x}', 'sel'),
      rule('status', 'sel: {sc-status: 404}', 'sel'),
      rule('method', 'sel: {cs-method: [PUT, PATCH]}', 'sel'),
      rule('negated', 'sel: {cs-uri-query|contains: x}', 'not sel'),
      rule('comparison', 'sel: {sc-bytes|gt: 1}', 'sel'),
      rule('method-pattern', "sel: {cs-method: 'P*'}", 'sel'),
      rule('open-alternative', 'a: {cs-uri-query|contains: x}\n  b: {sc-bytes|gt: 1}', 'a or b'),
    );
    expect(unfilteredRules(set).map(({ rule: { id }, line, col }) => [id, line, col])).toEqual([
      ['negated', 31, 14],
      ['comparison', 39, 14],
      ['open-alternative', 56, 14],
    ]);
  });
});
