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

it('gives one and the same parameter for equal texts from the second on, unless they are long', () => {
  const pool = new ParameterPool();
  const long = `a=${'b'.repeat(127)}`;
  const [first, second, third] = Array.from({ length: 3 }, () => pool.of('a=b'));
  expect(first).toEqual(second);
  expect(first).not.toBe(second);
  expect(second).toBe(third);
  expect(pool.of('a=c')).not.toBe(third);
  const longs = Array.from({ length: 3 }, () => pool.of(long));
  expect(longs[1]).not.toBe(longs[2]);
});
