import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WordMemo } from '../../src/pipeline/word-memo.ts';

/** Several texts have the same, and some have one below zero. */
const hashOf = (text: string) => Math.imul(crc32(text) % 5003, 0x9e3779b1);

/** A memo of texts of one-byte characters, each a word, that lie anywhere in words. */
function textMemo(capacity: number, maxLength: number, hash = hashOf) {
  const memo = new WordMemo<number | null>(capacity, maxLength);
  const place = (text: string) => {
    const before = '#'.repeat(text.length % 3);
    const words = Int32Array.from(Buffer.from(`${before}${text}#`, 'latin1'));
    return [hash(text), words, before.length, before.length + text.length] as const;
  };
  return {
    get: (text: string) => memo.get(...place(text)),
    set: (text: string, value: number | null) => memo.set(...place(text), value),
    recurs: (text: string) => memo.recurs(hash(text)),
  };
}

/** What a memo means: two generations, the older of which goes when the younger is full. */
function naiveMemo(capacity: number, maxLength: number) {
  let young = new Map<string, number | null>();
  let old: typeof young = new Map();
  function add(text: string, value: number | null): void {
    if (young.size === capacity) [old, young] = [young, new Map()];
    young.set(text, value);
  }
  function get(text: string): number | null | undefined {
    const known = young.get(text);
    if (known !== undefined) return known;
    const value = old.get(text);
    if (value !== undefined) add(text, value);
    return value;
  }
  return {
    get,
    set(text: string, value: number | null) {
      if (text.length <= maxLength && get(text) === undefined) add(text, value);
    },
  };
}

/** Some of more than a hundred bytes, some that differ in one byte only, one that is empty. */
const textOf = (key: number) => (key === 0 ? '' : `${key % 7}`.repeat(key % 120) + key.toString(36));

describe('WordMemo', () => {
  it('remembers what two generations remember, and never a wrong value', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(256, 512, 1024),
        fc.constantFrom(60, 500),
        fc.integer({ min: 1, max: 2500 }),
        fc.integer({ min: 1, max: 10_000 }),
        (capacity, maxLength, span, seed) => {
          const memo = textMemo(capacity, maxLength);
          const naive = naiveMemo(capacity, maxLength);
          const wrong: unknown[] = [];
          for (let i = 0, random = seed; i < 4000; i++) {
            random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
            const text = textOf((random >>> 8) % span);
            if (random >>> 30 === 0) {
              const value = i % 5 === 0 ? null : i;
              memo.set(text, value);
              naive.set(text, value);
            }
            const [known, expected] = [memo.get(text), naive.get(text)];
            if (known !== expected) wrong.push({ i, text, known, expected });
          }
          expect(wrong).toEqual([]);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('keeps a text through one full generation, and longer when it is asked for', () => {
    const memo = textMemo(256, 64);
    memo.set('once', 1);
    memo.set('often', 2);
    for (let i = 0; i < 300; i++) memo.set(`a${i}`, i);
    expect(memo.get('often')).toBe(2);
    for (let i = 0; i < 240; i++) memo.set(`b${i}`, i);
    expect([memo.get('once'), memo.get('often')]).toEqual([undefined, 2]);
  });

  it('leaves what it remembers of a text as it is', () => {
    const memo = textMemo(256, 64);
    memo.set('text', null);
    memo.set('text', 2);
    expect(memo.get('text')).toBeNull();
  });

  it('tells a text that came before from a new one', () => {
    const memo = textMemo(256, 64);
    expect(['a', 'b', 'a', 'b', 'c'].map(memo.recurs)).toEqual([false, false, true, true, false]);
    expect(memo.get('a')).toBeUndefined();
  });

  it('does not remember longer texts', () => {
    const memo = textMemo(256, 4);
    memo.set('four', 4);
    memo.set('fives', 5);
    expect([memo.get('four'), memo.get('fives')]).toEqual([4, undefined]);
  });

  it('begins smaller than it may become, and has no more places than it may have', () => {
    const memo = textMemo(128, 64);
    for (let i = 0; i < 256 + 128 + 1; i++) memo.set(`${i}`, i);
    expect([memo.get('255'), memo.get('256')]).toEqual([undefined, 256]);
  });

  it('tells texts of one hash apart, whatever they have in common', () => {
    const texts = ['/path', '/pathlong', '/pat', '/paths', '/patio', ''];
    const memo = textMemo(256, 64, () => -1);
    for (const [value, text] of texts.entries()) memo.set(text, value);
    expect(texts.map(memo.get)).toEqual(texts.map((_, value) => value));
    expect(memo.get('/patt')).toBeUndefined();
  });

  it('goes past so many texts of one hash, and does not remember more of them, however often they come', () => {
    const memo = textMemo(256, 64, () => 7);
    for (let round = 0; round < 2; round++) for (let i = 0; i < 100; i++) memo.set(`${i}`, i);
    expect([memo.get('0'), memo.get('63'), memo.get('64'), memo.get('99')]).toEqual([0, 63, undefined, undefined]);
  });
});
