import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBlank } from '../../src/read/line-cutter.ts';
import { collectChunks, cut, texts } from './helpers.ts';

interface Framed {
  readonly number: number;
  readonly offset: number;
  readonly length: number;
  readonly text: string;
  readonly tooLong: boolean;
}

/** What framing means, for a text that is at hand as a whole. */
function frameNaively(text: string, maxLineBytes: number): Framed[] {
  const pieces = text.split('\n');
  if (pieces.at(-1) === '') pieces.pop();
  const framed: Framed[] = [];
  let next = 0;
  for (const [i, piece] of pieces.entries()) {
    const bom = i === 0 && piece.startsWith('\xef\xbb\xbf') ? 3 : 0;
    const line = piece.slice(bom).replace(/\r$/, '');
    const tooLong = line.length > maxLineBytes;
    const place = { number: i + 1, offset: next + bom, length: line.length };
    if (tooLong || line.trim() !== '') framed.push({ ...place, text: line.slice(0, maxLineBytes), tooLong });
    next += piece.length + 1;
  }
  return framed;
}

describe('lineFramer', () => {
  it('frames as if the text were at hand as a whole, however it is cut', async () => {
    const byte = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('\n', '\r', '\r\n', ' ', '\0', 'a') },
      fc.constantFrom('\xef\xbb\xbf', '\x80', 'abcdefghij'),
    );
    const text = fc.tuple(fc.constantFrom('', '\xef\xbb\xbf'), fc.array(byte)).map(([bom, all]) => bom + all.join(''));
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(text, sizes, fc.integer({ min: 1, max: 20 }), async (whole, chunkSizes, maxLineBytes) => {
        const chunks = cut(Buffer.from(whole, 'latin1'), chunkSizes);
        const { lines, rejects, open } = await collectChunks(chunks, { maxLineBytes, shape: 'lines' });
        const framed = [
          ...lines.map((line) => ({ ...line, tooLong: false })),
          ...rejects.map(({ line, code }) => ({ ...line, tooLong: code === 'too-long' })),
        ].sort((a, b) => a.number - b.number);
        expect(framed).toEqual(frameNaively(whole, maxLineBytes).map((line) => ({ source: '-', ...line })));
        expect(open.lines).toBe(lines.length + rejects.length + open.skipped);
        expect(open.bytes).toBe(whole.length);
      }),
    );
  });

  it.each<[title: string, text: string, lines: string[]]>([
    ['splits at newlines', 'a\nb\n', ['a', 'b']],
    ['takes a last line without a newline', 'a\nb', ['a', 'b']],
    ['leaves one carriage return before a newline out', 'a\r\nb\r\r\nc\r', ['a', 'b\r', 'c']],
    ['keeps a lone carriage return', 'a\rb\n', ['a\rb']],
    ['keeps NUL and bytes that are no UTF-8', 'a\0b\n\xff\xc3\n', ['a\0b', '\xff\xc3']],
    ['leaves a byte order mark at the start out', '\xef\xbb\xbfa\n\xef\xbb\xbfb\n', ['a', '\xef\xbb\xbfb']],
    ['skips blank lines', '\n \t\r\na\n\n', ['a']],
    ['does not take a no-break space for blank', '\xa0\n', ['\xa0']],
    ['gives nothing for nothing', '', []],
  ])('%s', async (_title, text, lines) => {
    expect(texts((await collectChunks([Buffer.from(text, 'latin1')])).lines)).toEqual(lines);
  });

  it('counts blank lines in numbers and offsets', async () => {
    const { lines, open } = await collectChunks([Buffer.from('\xef\xbb\xbf\r\n\nabc\r\nd', 'latin1')]);
    expect(lines).toEqual([
      { source: '-', number: 3, offset: 6, length: 3, text: 'abc' },
      { source: '-', number: 4, offset: 11, length: 1, text: 'd' },
    ]);
    expect([open.lines, open.skipped]).toEqual([4, 2]);
  });

  it('rejects a too long line with an excerpt, its true place and length, cut or not', async () => {
    const text = Buffer.from(`first\n${'x'.repeat(5000)}\r\nlast\n`);
    for (const size of [100, 1000, 10_000]) {
      const { lines, rejects } = await collectChunks(cut(text, [size]), { maxLineBytes: 2000 });
      expect(rejects).toEqual([
        { code: 'too-long', line: { source: '-', number: 2, offset: 6, length: 5000, text: 'x'.repeat(1024) } },
      ]);
      expect(lines.map(({ number, offset }) => [number, offset])).toEqual([
        [1, 0],
        [3, 5008],
      ]);
    }
  });

  it('takes a line of exactly the bound, whatever surrounds it', async () => {
    const { lines, rejects } = await collectChunks(
      cut(Buffer.from('\xef\xbb\xbfabcd\r\nabcd\nabcde\n', 'latin1'), [1]),
      {
        maxLineBytes: 4,
      },
    );
    expect(texts(lines)).toEqual(['abcd', 'abcd']);
    expect(rejects.map(({ line }) => [line.offset, line.length, line.text])).toEqual([[14, 5, 'abcd']]);
  });
});

describe('isBlank', () => {
  it.each([
    ['', true],
    [' \t\v\f\r', true],
    [' a', false],
    ['a', false],
    ['\0', false],
    ['\xa0', false],
  ])('%j: %s', (text, blank) => {
    expect(isBlank(text)).toBe(blank);
  });
});
