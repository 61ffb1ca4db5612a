import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeLegaliser } from '../../src/read/legalise-escapes.ts';
import { cut } from './helpers.ts';

const legalise = (...pieces: string[]): string => pieces.map(escapeLegaliser()).join('');

describe('escapeLegaliser', () => {
  it.each<[title: string, text: string, legal: string]>([
    ['leaves plain text', 'abc x41', 'abc x41'],
    ['makes \\xhh legal', '\\x16\\xFf', '\\u0016\\u00Ff'],
    ['leaves an escaped backslash', '\\\\x41', '\\\\x41'],
    ['takes a third backslash for an escape again', '\\\\\\x41', '\\\\\\u0041'],
    ['leaves other escapes', '\\"\\n\\u0041\\/', '\\"\\n\\u0041\\/'],
    ['leaves what is no whole \\xhh', '\\xg1 \\x4 \\x', '\\xg1 \\x4 '],
    ['leaves an escaped newline', '\\\n\\x41', '\\\n\\u0041'],
  ])('%s', (_title, text, legal) => {
    expect(legalise(text)).toBe(legal);
  });

  it('holds an unfinished escape back until the next piece', () => {
    const next = escapeLegaliser();
    expect(['a\\', 'x', '4', '1b\\', '\\', 'x41'].map(next)).toEqual(['a', '', '', '\\u0041b', '\\\\', 'x41']);
  });

  it('does not depend on how the text is cut', () => {
    const text = fc.array(fc.constantFrom('\\', 'x', '4', 'f', '"', 'g')).map((all) => all.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (whole, sizes) => {
        expect(legalise(...cut(Buffer.from(whole), sizes).map(String))).toBe(legalise(whole));
      }),
    );
  });
});
