import { describe, expect, it } from 'vitest';
import { readRules } from '../../../src/detect/detect.ts';
import { itemsOf } from '../../../src/detect/match/node.ts';
import { needlesOf, requirementOf } from '../../../src/detect/prefilter/requirement.ts';
import { rule } from '../sample-rules.ts';

/** Needles, statuses and conditions on method and protocol of which one must be there. */
function requirementsOf(selections: string, condition: string): readonly (string | number)[] | null {
  const [compiled] = readRules([{ path: 'a.yml', text: rule('r', selections, condition) }]).compiled;
  const requirement = compiled === undefined ? null : requirementOf(compiled.node);
  if (requirement === null) return null;
  const needles = requirement.matchers.flatMap(([item, index]) => {
    const matcher = item.test.kind === 'text' ? item.test.matchers[index] : undefined;
    return matcher === undefined ? [] : (needlesOf(matcher, item.field)?.texts ?? ['(any)']);
  });
  return [
    ...needles,
    ...requirement.statuses,
    ...requirement.heads.flatMap((head) => [...itemsOf(head)].map(({ label }) => label)),
  ];
}

describe('requirementOf', () => {
  it.each([
    ['a text', 'sel: {cs-uri-query|contains: PassWD}', 'sel', ['passwd']],
    ['any of a list', 'sel: {cs-uri-query|contains: [one, two]}', 'sel', ['one', 'two']],
    ['the rarest of all', 'sel: {cs-uri-query|contains|all: [index, qzx]}', 'sel', ['qzx']],
    ['the rarest part between wildcards', "sel: {cs-uri-query: '*a*jkq*'}", 'sel', ['jkq']],
    ['the rarest item', 'sel:\n    sc-status: 200\n    cs-uri-query|contains: zqj', 'sel', ['zqj']],
    ['a rare status', 'sel:\n    sc-status: [401, 407]\n    cs-uri-query|contains: index', 'sel', [401, 407]],
    ['a rare method', 'sel:\n    cs-method: [TRACE, TRACK]\n    sc-status: 200', 'sel', ['cs-method']],
    ['one of either', 'a: {sc-status: 500}\n  b: {cs-uri-query|contains: zqj}', 'a or b', [500, 'zqj']],
    [
      'not what is negated',
      'a: {cs-uri-query|contains: zqj}\n  b: {cs-uri-query|contains: kkk}',
      'a and not b',
      ['zqj'],
    ],
    ['an edge that is known', 'sel: {cs-user-agent: x}', 'sel', ['\ufffex\ufffe']],
    ['what stands before a value', 'sel: {x-query-value|startswith: zq}', 'sel', ['=zq']],
    ['a literal of a regular expression', "sel: {cs-uri-query|re: '[0-9]+zqj.*'}", 'sel', ['zqj']],
    ['a part of a long text', `sel: {cs-uri-query|contains: '/index.html/${'q'.repeat(20)}'}`, 'sel', ['q'.repeat(8)]],
    ['any text at all', "sel: {cs-uri-query|re: '.{9}'}", 'sel', ['(any)']],
  ])('is %s', (_, selections, condition, expected) => {
    expect(requirementsOf(selections, condition)?.toSorted()).toEqual(expected.toSorted());
  });

  it.each([
    ['a negation', 'sel: {cs-uri-query|contains: x}', 'not sel'],
    ['a comparison', 'sel: {sc-status|gt: 400}', 'sel'],
    ['an address', 'sel: {c-ip: 192.0.2.1}', 'sel'],
  ])('is nothing for %s', (_, selections, condition) => {
    expect(requirementsOf(selections, condition)).toBeNull();
  });
});
