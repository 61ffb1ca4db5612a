import { expect, it } from 'vitest';
import { ParameterPool, parameterOf } from '../../../src/detect/view/parameter.ts';

it.each([
  ['a=b', 'a', 'b'],
  ['a=b=c', 'a', 'b=c'],
  ['a=', 'a', ''],
  ['=b', '', 'b'],
  ['a', 'a', null],
  ['', '', null],
])('%o is a name and a value', (raw, name, value) => {
  const parameter = parameterOf(raw);
  expect([parameter.name.text.raw, parameter.value?.text.raw ?? null]).toEqual([name, value]);
});

it('decodes name and value apart, as a form has them', () => {
  const { name, value } = parameterOf('a%3D+b=c%26+d');
  expect([name.text.views().at(-1)?.text, value?.text.views().at(-1)?.text]).toEqual(['a= b', 'c& d']);
});

it('gives one and the same parameter for equal texts, unless they are long', () => {
  const pool = new ParameterPool();
  const long = `a=${'b'.repeat(127)}`;
  expect(pool.of('a=b')).toBe(pool.of('a=b'));
  expect(pool.of('a=b')).not.toBe(pool.of('a=c'));
  expect(pool.of(long)).not.toBe(pool.of(long));
});
