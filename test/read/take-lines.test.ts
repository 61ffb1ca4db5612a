import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../src/model/line.ts';
import type { Reject } from '../../src/model/reject.ts';
import { openSource, type ReadOptions } from '../../src/read/read.ts';
import { collectChunks, cut } from './helpers.ts';

interface Taken {
  readonly sighted: LogLine[];
  readonly left: LogLine[];
  readonly rejects: Reject[];
  readonly ticks: number[];
}

function openChunks(chunks: readonly Buffer[], options: Partial<ReadOptions>, rejects: Reject[]) {
  const stdin = Readable.from(chunks);
  const onReject = (reject: Reject) => rejects.push(reject);
  return openSource({ name: '-', sizeBytes: null }, { maxLineBytes: 65_536, onReject, stdin, ...options });
}

/** Takes by their bytes the lines that `sights` names by their number. */
async function takeChunks(
  chunks: readonly Buffer[],
  { maxLineBytes, sights }: { maxLineBytes: number; sights: (number: number) => boolean },
) {
  const taken: Taken = { sighted: [], left: [], rejects: [], ticks: [] };
  const open = await openChunks(chunks, { maxLineBytes, shape: 'lines' }, taken.rejects);
  let last = 0;
  let calls = 0;
  const ticks = open.take({
    sight(bytes, from, end, number, offset) {
      expect(end).toBe(bytes.length);
      last = number;
      const newline = bytes.indexOf('\n', from);
      if (!sights(number) || newline < 0) return -1;
      const to = newline > from && bytes[newline - 1] === 0x0d ? newline - 1 : newline;
      const text = bytes.toString('latin1', from, to);
      // As a taker has it: neither a line that begins with a byte order mark nor one that is no line for others.
      if (number === 1 || to - from > maxLineBytes || text.trim() === '') return -1;
      taken.sighted.push({ source: '-', number, offset, length: to - from, text });
      return newline;
    },
    take(line) {
      expect(line.number).toBe(last);
      taken.left.push(line);
    },
    tick: () => (++calls % 3 === 0 ? undefined : calls),
  });
  for await (const tick of ticks) taken.ticks.push(tick);
  return { ...taken, open, calls };
}

const inOrder = (lines: readonly LogLine[]) => lines.toSorted((a, b) => a.number - b.number);

describe('takeLines', () => {
  it('frames as `map` does, however the bytes are cut and whichever lines are taken as bytes', async () => {
    const piece = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('\n', '\r', '\r\n', ' ', '\0', 'a') },
      fc.constantFrom('\xef\xbb\xbf', '\x80', 'abcdefghij', 'a line\n', 'another line\r\n'),
    );
    const text = fc.tuple(fc.constantFrom('', '\xef\xbb\xbf'), fc.array(piece)).map(([bom, all]) => bom + all.join(''));
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        text,
        sizes,
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
        async (whole, chunkSizes, maxLineBytes, choices) => {
          const chunks = () => cut(Buffer.from(whole, 'latin1'), chunkSizes);
          const sights = (number: number) => choices[number % choices.length] ?? false;
          const expected = await collectChunks(chunks(), { maxLineBytes, shape: 'lines' });
          const { sighted, left, rejects, ticks, open, calls } = await takeChunks(chunks(), { maxLineBytes, sights });
          expect(inOrder([...sighted, ...left])).toEqual(expected.lines);
          expect(rejects).toEqual(expected.rejects);
          expect([open.lines, open.skipped, open.bytes]).toEqual([
            expected.open.lines,
            expected.open.skipped,
            expected.open.bytes,
          ]);
          expect(calls).toBe(open.lines);
          expect(ticks).toEqual(Array.from({ length: calls }, (_, i) => i + 1).filter((tick) => tick % 3 !== 0));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('gives lines to sight whole, however small the chunks are', async () => {
    const lines = ['first', 'second line', 'third'];
    const chunks = cut(Buffer.from(lines.map((line) => `${line}\n`).join('')), [1]);
    const { sighted, left } = await takeChunks(chunks, { maxLineBytes: 100, sights: () => true });
    expect([left, sighted].map((some) => some.map(({ text }) => text))).toEqual([['first'], ['second line', 'third']]);
    expect(sighted.map(({ offset }) => offset)).toEqual([6, 18]);
  });

  it('holds no more of a long line than its bound and a chunk', async () => {
    // What is looked at beforehand comes in one chunk.
    const head = Buffer.from('short\n'.repeat(20_000));
    const long = Array<Buffer>(40).fill(Buffer.alloc(1000, 'x'));
    const chunks = [head, ...long, Buffer.from('\nlast\n')];
    const longest: number[] = [];
    const rejects: Reject[] = [];
    const open = await openChunks(chunks, { maxLineBytes: 100, shape: 'lines' }, rejects);
    const texts = new Set<string>();
    const ticks = open.take({
      sight(bytes) {
        if (bytes.length !== head.length) longest.push(bytes.length);
        return -1;
      },
      take: ({ text }) => void texts.add(text),
      tick: () => true,
    });
    let count = 0;
    for await (const _ of ticks) count++;
    expect([[...texts], count]).toEqual([['short', 'last'], 20_002]);
    expect(rejects.map(({ line, code }) => [line.number, line.length, code])).toEqual([[20_001, 40_000, 'too-long']]);
    expect(Math.max(...longest)).toBeLessThanOrEqual(1000 + 100 + 6);
  });

  it('leaves its source closed when nobody goes on', async () => {
    const stdin = Readable.from(cut(Buffer.from('a\nb\nc\nd\n'), [2]));
    const onReject = () => {};
    const open = await openSource(
      { name: '-', sizeBytes: null },
      { maxLineBytes: 10, onReject, stdin, shape: 'lines' },
    );
    for await (const _ of open.take({ sight: () => -1, take: () => {}, tick: () => true })) break;
    expect([open.lines, stdin.destroyed]).toEqual([1, true]);
  });

  it.each<[title: string, text: string, first: boolean, message: string]>([
    ['elements of an array', '[{"a": 1}]', false, 'only lines can be taken as bytes'],
    ['a source that was mapped', 'line\n', true, 'a source can be mapped once'],
  ])('is refused for %s', async (_, text, isMapped, message) => {
    const open = await openChunks([Buffer.from(text)], {}, []);
    if (isMapped) open.map((line) => line);
    expect(() => open.take({ sight: () => -1, take: () => {}, tick: () => undefined })).toThrow(message);
  });
});
