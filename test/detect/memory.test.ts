import { expect, it } from 'vitest';
import { Memory } from '../../src/detect/memory.ts';

it('remembers what was lately used, and no more than two generations', () => {
  const memory = new Memory<number>(2);
  memory.set('a', 1);
  memory.set('b', 2);
  memory.set('c', 3);
  expect(memory.get('a')).toBe(1);
  memory.set('d', 4);
  expect(['a', 'b', 'c', 'd'].map((key) => memory.get(key))).toEqual([1, undefined, 3, 4]);
});
