import fc from 'fast-check';
import { expect, it } from 'vitest';
import { valueAt } from '../../src/tickets/pointer.ts';
import { checkNames, fillJson, fillText } from '../../src/tickets/template.ts';

const VALUES = { id: 'SEC-1/2', title: 'a "quoted" {{id}} \u2028', empty: '', nobody: null };

it.each([
  ['/issue/{{id}}', '/issue/SEC-1%2F2'],
  ['/issue/{{ id }}/{{id}}', '/issue/SEC-1%2F2/SEC-1%2F2'],
  ['/{{missing}}/{{nobody}}/{{}}/{{a-b}}', '///{{}}/{{a-b}}'],
])('%s is filled in as %s', (template, expected) => {
  expect(fillText(template, VALUES, encodeURIComponent)).toBe(expected);
});

it('fills the texts of JSON, leaves out what is absent, and looks at nothing twice', () => {
  const template = {
    a: ['{{title}}', 1, true, null],
    b: { c: '{{missing}}', d: 'x{{missing}}', e: '{{nobody}}', f: '{{empty}}' },
    g: { h: '{{missing}}' },
    i: {},
  };
  expect(fillJson(template, VALUES)).toStrictEqual({
    a: [VALUES.title, 1, true, null],
    b: { d: 'x', e: null, f: '' },
    i: {},
  });
});

it('lets no value out of its text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const filled = JSON.stringify(fillJson({ summary: '{{title}}', about: '<{{title}}>' }, { title: text }));
      expect(JSON.parse(filled)).toEqual({ summary: text, about: `<${text}>` });
    }),
  );
});

it('knows the names that a template may use', () => {
  const known = (name: string) => name === 'id';
  expect(() => checkNames('find.body', { a: ['{{id}}'] }, known)).not.toThrow();
  expect(() => checkNames('find.body', { a: ['{{id}} {{titel}}'] }, known)).toThrow(
    'find.body: there is no {{titel}} here',
  );
});

it.each([
  ['', { a: 1 }],
  ['/a', 1],
  ['/b/0/c~1d', 2],
  ['/b/0/e~0f', 3],
  ['/b/1', undefined],
  ['/a/b', undefined],
  ['/constructor', undefined],
])('the pointer %j leads to %j', (pointer, expected) => {
  const value = pointer === '' ? { a: 1 } : { a: 1, b: [{ 'c/d': 2, 'e~f': 3 }] };
  expect(valueAt(value, pointer)).toEqual(expected);
});
