import { expect, it } from 'vitest';
import { explain, readRules } from '../../../src/detect/detect.ts';
import { entryOf } from '../entry.ts';
import { rule } from '../sample-rules.ts';

const RULES = readRules([
  {
    path: 'a.yml',
    text: [
      rule('far', 'sel: {cs-uri-query|contains: nowhere}', 'sel'),
      rule(
        'near',
        'sel:\n    cs-uri-query|contains: select\n    sc-status: 500\n    cs-user-agent|contains: sqlmap',
        'sel',
      ),
      rule(
        'nearer',
        'sel:\n    cs-uri-query|contains: select\n    sc-status: 200\n    cs-user-agent|contains: sqlmap',
        'sel',
      ),
      rule(
        'held-back',
        'sel: {x-query-value|contains: union}\n  bot: {cs-user-agent|contains: bot}',
        'sel and not bot',
      ),
      rule('fires', 'sel: {x-query-value|contains: union select}', 'sel'),
      rule('absent', 'sel: {cs-referer: null}', 'sel and not sel'),
      `title: other\nlogsource: {product: windows}\ndetection:\n  s: {cs-method: GET}\n  condition: s\n`,
    ].join('---\n'),
  },
]);
const ENTRY = entryOf({ target: '/?q=1%20union+select', userAgent: 'a bot' });

it('tells every rule that matched or came near, the nearest first', () => {
  expect(explain(RULES, ENTRY).rules.map((found) => [found.rule.id, found.matched])).toEqual([
    ['fires', true],
    ['nearer', false],
    ['held-back', false],
    ['near', false],
  ]);
});

it('tells each item, true or false, and what made it true', () => {
  const { rules } = explain(RULES, ENTRY);
  expect(rules.find((found) => found.rule.id === 'held-back')?.items).toEqual([
    {
      selection: 'sel',
      field: 'x-query-value',
      label: 'x-query-value|contains',
      isTrue: true,
      isNegated: false,
      view: 'raw',
      text: 'union',
      place: { source: 'request', value: 'GET /?q=1%20union+select HTTP/1.1', start: 12, end: 17, isExact: true },
    },
    {
      selection: 'bot',
      field: 'cs-user-agent',
      label: 'cs-user-agent|contains',
      isTrue: true,
      isNegated: true,
      view: 'raw',
      text: 'bot',
      place: { source: 'user-agent', value: 'a bot', start: 2, end: 5, isExact: true },
    },
  ]);
  expect(
    rules.find((found) => found.rule.id === 'near')?.items.map(({ field, isTrue, view }) => [field, isTrue, view]),
  ).toEqual([
    ['sc-status', false, null],
    ['cs-uri-query', true, 'raw'],
    ['cs-user-agent', false, null],
  ]);
});

it('tells of exceptions as of what must not be', () => {
  const text = rule('r', 'sel:\n    x-query-value|contains: union\n    x-query-value|except|contains: select', 'sel');
  const { rules } = explain(readRules([{ path: 'a.yml', text }]), entryOf({ target: '/?q=union&r=union+select' }));
  expect(rules.map(({ matched }) => matched)).toEqual([true]);
  expect(rules[0]?.items.map(({ label, isTrue, isNegated }) => [label, isTrue, isNegated])).toEqual([
    ['x-query-value|contains', true, false],
    ['x-query-value|except|contains', true, true],
  ]);
});

it('keeps the filters of a rule apart, and tells which of them suppressed it', () => {
  const filter = (id: string, item: string) =>
    `title: Filter ${id}\nid: ${id}\nfilter:\n  rules: any\n  own: {${item}}\n  condition: not own\n`;
  const union = rule('union', 'sel: {x-query-value|contains: union}', 'sel');
  const status = rule('status', 'sel: {sc-status: 200}', 'sel');
  const near = rule('near', 'sel:\n    x-query-value|contains: union\n    sc-status: 500', 'sel');
  const set = readRules([
    {
      path: 'a.yml',
      text: [
        near,
        status,
        union,
        filter('bots', 'cs-user-agent|contains: bot'),
        filter('office', 'c-ip: 10.0.0.1'),
      ].join('---\n'),
    },
  ]);
  const found = explain(set, ENTRY).rules;
  expect(found.map(({ rule: { id }, matched, suppressed }) => [id, matched, suppressed])).toEqual([
    ['status', false, true],
    ['union', false, true],
    ['near', false, false],
  ]);
  expect(found[1]?.items.map(({ label }) => label)).toEqual(['x-query-value|contains']);
  expect(found[1]?.filters).toMatchObject([
    { id: 'bots', title: 'Filter bots', path: 'a.yml', holds: false, items: [{ isTrue: true, isNegated: true }] },
    { id: 'office', title: 'Filter office', path: 'a.yml', holds: true, items: [{ isTrue: false, isNegated: true }] },
  ]);
});

it('tells what was seen of each field', () => {
  const { fields } = explain(RULES, ENTRY);
  expect(fields.find(({ field }) => field === 'x-query-value')?.views).toEqual([
    { name: 'raw', text: '1%20union+select' },
    { name: 'decoded', text: '1 union select' },
  ]);
  expect(fields.map(({ field }) => field)).not.toContain('cs-referer');
});
