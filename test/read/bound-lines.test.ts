import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineBounder } from '../../src/read/bound-lines.ts';
import { cut } from './helpers.ts';

const MAX = 10;
const SPARE = 5;

function bound(chunks: readonly string[]) {
  const bounder = lineBounder(MAX);
  const passed = chunks.map((chunk) => bounder.bound(Buffer.from(chunk)).toString()).join('');
  return { bounder, passed };
}

describe('lineBounder', () => {
  it.each<[title: string, chunks: string[], passed: string]>([
    ['passes short lines', ['abc\nde', 'f\n'], 'abc\ndef\n'],
    ['passes a long line that is within one chunk', [`${'a'.repeat(40)}\nb\n`], `${'a'.repeat(40)}\nb\n`],
    ['leaves out the rest of a line that goes on', ['a'.repeat(12), 'b'.repeat(12), 'c\nd'], `${'a'.repeat(12)}bbb\nd`],
    ['leaves out all of a line that was too long before', ['a'.repeat(30), 'b', 'c\nd'], `${'a'.repeat(30)}\nd`],
    ['passes a line that just fits', ['a'.repeat(14), 'b\n'], `${'a'.repeat(14)}b\n`],
  ])('%s', (_title, chunks, passed) => {
    expect(bound(chunks).passed).toBe(passed);
  });

  it('tells what was left out of which line, in order', () => {
    const { bounder } = bound(['x\n', 'a'.repeat(15), 'bcd\r', '\r\ny\n', 'e'.repeat(15), 'f\r', 'g\nz\n']);
    expect(bounder.takeElision(0)).toBeNull();
    expect(bounder.takeElision(2)).toEqual({ lineOffset: 2, bytes: 5, endsInCr: true });
    expect(bounder.takeElision(2)).toBeNull();
    expect(bounder.takeElision(25)).toEqual({ lineOffset: 25, bytes: 3, endsInCr: false });
  });

  it('leaves out only what is over the bound, and counts it, however the text is cut', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '\n', '\r'), { maxLength: 200 }).map((all) => all.join(''));
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(text, sizes, (whole, chunkSizes) => {
        const { bounder, passed } = bound(cut(Buffer.from(whole), chunkSizes).map(String));
        const longest = Math.max(...chunkSizes);
        const lines = whole.split('\n');
        const kept = passed.split('\n');
        expect(kept).toHaveLength(lines.length);
        let offset = 0;
        for (const [i, line] of lines.entries()) {
          const rest = kept[i] ?? '';
          const elided = bounder.takeElision(offset)?.bytes ?? 0;
          expect(line.startsWith(rest)).toBe(true);
          expect(rest.length + elided).toBe(line.length);
          expect(rest.length).toBeGreaterThanOrEqual(Math.min(line.length, MAX + SPARE));
          expect(rest.length).toBeLessThanOrEqual(MAX + SPARE + longest);
          offset += line.length + 1;
        }
      }),
    );
  });
});
