import { expect, it } from 'vitest';
import { sizeOf, takeWithin } from '../../src/compose/within.ts';

it('measures UTF-8 bytes as they are sent', () => {
  expect([sizeOf('é'), sizeOf('\u0085'), sizeOf({ a: 1 })]).toEqual([4, 8, 7]);
});

it.each([
  ['all', 9, ['a', 'b']],
  ['all that fits exactly', 8, ['a', 'b']],
  ['the first', 7, ['a']],
  ['none', 3, []],
])('takes %s', (_, maxBytes, taken) => {
  expect(takeWithin(['a', 'b'], maxBytes)).toEqual(taken);
});
