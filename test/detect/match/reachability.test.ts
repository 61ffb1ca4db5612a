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
