import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../src/model/line.ts';
import type { Reject } from '../../src/model/reject.ts';
import { cutSegments, type Segment } from '../../src/read/cut-segments.ts';
import { takeLines, takeSegment } from '../../src/read/take-lines.ts';

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function segmentsOf(bytes: Buffer, chunk: number, maxLineBytes: number, size: number): Promise<Segment[]> {
  const segments: Segment[] = [];
  for await (const segment of cutSegments(chunksOf(bytes, chunk), maxLineBytes, size)) segments.push(segment);
  return segments;
}

interface Framed {
  readonly taken: LogLine[];
  readonly rejects: Reject[];
  lines: number;
  skipped: number;
}

/** Takes lines that begin with a `q` by their bytes, if they are whole, and no line that was not sighted. */
function gather(framed: Framed) {
  let sighted = 0;
  return {
    sight(bytes: Buffer, from: number, end: number, number: number, offset: number): number {
      sighted = number;
      const newline = bytes[from] === 0x71 ? bytes.subarray(0, end).indexOf(0x0a, from) : -1;
      const text = bytes.toString('latin1', from, newline);
      if (newline >= 0) framed.taken.push({ source: 'log', number, offset, length: newline - from, text });
      return newline;
    },
    take(line: LogLine): void {
      expect(sighted).toBe(line.number);
      framed.taken.push(line);
    },
    tick: () => undefined,
  };
}

async function frameWhole(bytes: Buffer, maxLineBytes: number): Promise<Framed> {
  const framed: Framed = { taken: [], rejects: [], lines: 0, skipped: 0 };
  const onReject = (reject: Reject) => framed.rejects.push(reject);
  const framing = { source: 'log', maxLineBytes, ledger: framed, onReject };
  for await (const _ of takeLines(chunksOf(bytes, 64), framing, gather(framed)));
  return framed;
}

function frameSegments(segments: readonly Segment[], maxLineBytes: number): Framed {
  const whole: Framed = { taken: [], rejects: [], lines: 0, skipped: 0 };
  for (const segment of segments) {
    const framed: Framed = { taken: [], rejects: [], lines: 0, skipped: 0 };
    const onReject = (reject: Reject) => framed.rejects.push(reject);
    takeSegment(segment, { source: 'log', maxLineBytes, ledger: framed, onReject }, gather(framed));
    const numbered = (line: LogLine) => ({ ...line, number: line.number + whole.lines });
    whole.taken.push(...framed.taken.map(numbered));
    whole.rejects.push(...framed.rejects.map((reject) => ({ ...reject, line: numbered(reject.line) })));
    whole.lines += framed.lines;
    whole.skipped += framed.skipped;
  }
  return whole;
}

describe('segments', () => {
  const line = fc.oneof(
    fc.stringMatching(/^[a-z ]{0,12}$/),
    fc.stringMatching(/^q[a-z]{0,5}$/),
    fc.stringMatching(/^[a-z]{0,80}$/),
  );
  const log = fc
    .tuple(fc.constantFrom('', '\xef\xbb\xbf'), fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n'))), line)
    .map(([mark, lines, last]) => Buffer.from(`${mark}${lines.flat().join('')}${last}`, 'latin1'));

  it('hold the same lines, with the same places, as the whole source', async () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 200 }));
    await fc.assert(
      fc.asyncProperty(log, sizes, fc.integer({ min: 6, max: 30 }), async (bytes, [chunk, size], maxLineBytes) => {
        const segments = await segmentsOf(bytes, chunk, maxLineBytes, size);
        expect(frameSegments(segments, maxLineBytes)).toEqual(await frameWhole(bytes, maxLineBytes));
      }),
      { numRuns: 500 },
    );
  });

  it('end at line ends and are not larger than asked for, but for one whose line is', async () => {
    const bytes = Buffer.from(`${'ab\n'.repeat(10)}${'c'.repeat(30)}\nd`);
    const segments = await segmentsOf(bytes, 1000, 1000, 8);
    expect(segments.map((one) => one.bytes.toString())).toEqual([
      ...Array(5).fill('ab\nab\n'),
      `${'c'.repeat(30)}\n`,
      'd',
    ]);
    expect(segments.map(({ offset }) => offset)).toEqual([0, 6, 12, 18, 24, 30, 61]);
  });

  it('hold no more of a line that is too long than shows it', async () => {
    const bytes = Buffer.from(`a\n${'b'.repeat(100_000)}\r\n${'c\n'.repeat(40)}`);
    const [first, second, ...others] = await segmentsOf(bytes, 500, 50, 10);
    expect(first?.bytes.toString()).toBe('a\n');
    expect(second?.bytes.length).toBeLessThan(600);
    expect(second?.elisions).toEqual([{ lineOffset: 2, bytes: expect.any(Number), endsInCr: true }]);
    const last = others.at(-1);
    expect(last?.bytes.toString()).toMatch(/^(?:c\n)+$/);
    expect((last?.offset ?? 0) + (last?.bytes.length ?? 0)).toBe(bytes.length);
  });

  it('of nothing are none', async () => {
    expect(await segmentsOf(Buffer.alloc(0), 10, 10, 10)).toEqual([]);
  });
});
