import { describe, expect, it } from 'vitest';
import { Memory } from '../../src/detect/memory.ts';

describe('Memory', () => {
  it('remembers what was lately used, and no more than two generations', () => {
    const memory = new Memory<number>(2);
    memory.set('a', 1);
    memory.set('b', 2);
    memory.set('c', 3);
    expect(memory.get('a')).toBe(1);
    memory.set('d', 4);
    expect(['a', 'b', 'c', 'd'].map((key) => memory.get(key))).toEqual([1, undefined, 3, 4]);
  });

  it('tells a text that came before from a new one, whatever was remembered of others', () => {
    const memory = new Memory<number>(256);
    const texts = ['', 'a', 'b', 'ab', 'ba', 'a'.repeat(100), '\ud83d\ude00'];
    expect(texts.map((text) => memory.recurs(text))).toEqual(texts.map(() => false));
    expect(texts.map((text) => memory.recurs(text))).toEqual(texts.map(() => true));
    expect(texts.map((text) => memory.get(text))).toEqual(texts.map(() => undefined));
  });
});
