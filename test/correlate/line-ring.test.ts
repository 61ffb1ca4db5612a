import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callerOf } from '../../src/correlate/caller.ts';
import { lineRing, type RingLine } from '../../src/correlate/line-ring.ts';

/** Both bounds are powers of two, and at least these. */
const LEAST_LINES = 1024;
const LEAST_BYTES = 256 * 1024;

/** The `n`th line, which lies somewhere in bytes that hold more. */
function makeLine(n: number, length: number, time: number): RingLine {
  const from = n % 5;
  const bytes = Buffer.alloc(from + length + 3, `<${n}>\xe4`, 'latin1');
  return {
    bytes,
    from,
    to: from + length,
    source: `log ${n % 3}`,
    number: n,
    offset: n * 2 ** 33,
    time,
    caller: callerOf(`c${n}`),
  };
}

const lineOf = ({ bytes, from, to, source, number, offset }: RingLine) => ({
  source,
  number,
  offset,
  length: to - from,
  text: bytes.toString('latin1', from, to),
});

/** Fills a ring, forgets now and then, and says what was dropped although it was needed, and what is left. */
function fill(
  options: { maxLines: number; maxBytes: number },
  lengths: (n: number) => number,
  count: number,
  keep: number,
) {
  const lines: RingLine[] = [];
  const wrong: string[] = [];
  let [dropped, expected, oldest, held, needed, most] = [0, 0, 0, 0, Number.NEGATIVE_INFINITY, 0];
  const ring = lineRing({ ...options, onDropped: () => dropped++ });
  const lengthOf = (place: number) => (lines[place]?.to ?? 0) - (lines[place]?.from ?? 0);
  for (let n = 0; n < count; n++) {
    const line = makeLine(n, lengths(n), n + (n % 4) * 3);
    if (ring.add({ ...line, bytes: Buffer.from(line.bytes) }) !== n) wrong.push(`place ${n}`);
    lines.push(line);
    const before = { lines: n - oldest, bytes: held };
    held += lengthOf(n);
    for (; oldest < n && ring.timeOf(oldest) === Number.NEGATIVE_INFINITY; oldest++) {
      held -= lengthOf(oldest);
      if ((lines[oldest]?.time ?? 0) < needed) continue;
      expected++;
      // Nothing goes round the end of the block, where less than a line's length may be lost.
      const isFull = before.lines >= Math.max(LEAST_LINES, options.maxLines / 2);
      const isOver = before.bytes + 2 * 3000 > Math.max(LEAST_BYTES, options.maxBytes / 2);
      if (!isFull && !isOver) wrong.push(`dropped ${oldest} for ${n}`);
    }
    most = Math.max(most, n + 1 - oldest);
    if (n + 1 - oldest > Math.max(LEAST_LINES, options.maxLines)) wrong.push(`too many lines at ${n}`);
    if (held > Math.max(LEAST_BYTES, options.maxBytes)) wrong.push(`too many bytes at ${n}`);
    if (n % 50 !== 49) continue;
    needed = n - keep;
    ring.forget(needed);
  }
  for (let place = 0; place < count; place++) {
    const [line, time, text] = [lines[place], ring.timeOf(place), ring.lineAt(place)];
    if (line === undefined) continue;
    const isLeft = place >= oldest;
    const asItWas =
      JSON.stringify(text) === JSON.stringify(lineOf(line)) &&
      time === line.time &&
      ring.callerOf(place) === line.caller;
    const isGone = text === null && time === Number.NEGATIVE_INFINITY && ring.callerOf(place) === undefined;
    if (isLeft ? !asItWas : !isGone) wrong.push(`line ${place}`);
  }
  return { wrong, dropped, expected, most };
}

describe('a ring of lines', () => {
  it('gives lines back as they were, as long as they are needed and within its bounds', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2048, 5000),
        fc.constantFrom(1, 600_000),
        fc.constantFrom(5, 300, 1500, 1e9),
        fc.constantFrom(20, 400, 3000),
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 3000 }),
        (maxLines, maxBytes, keep, longest, step, count) => {
          const { wrong, dropped, expected } = fill({ maxLines, maxBytes }, (n) => (n * step) % longest, count, keep);
          expect(wrong).toEqual([]);
          expect(dropped).toBe(expected);
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each([
    ['lines', { maxLines: 4096, maxBytes: 1e6 }, 20, 5000, 4096],
    ['lines, whole powers of two only', { maxLines: 4095, maxBytes: 1e6 }, 20, 5000, 2048],
    ['bytes', { maxLines: 4096, maxBytes: 2 * LEAST_BYTES }, 1024, 600, 512],
    ['bytes, whole powers of two only', { maxLines: 4096, maxBytes: 2 * LEAST_BYTES - 1 }, 1024, 600, 256],
  ])('grows to its bound of %s when all are needed', (_, options, length, count, most) => {
    expect(fill(options, () => length, count, Number.POSITIVE_INFINITY)).toEqual({
      wrong: [],
      dropped: count - most,
      expected: count - most,
      most,
    });
  });

  it('does not grow for what nobody needs', () => {
    const { dropped, most } = fill({ maxLines: 1e5, maxBytes: 1e8 }, () => 100, 5000, 10);
    expect([dropped, most]).toEqual([0, LEAST_LINES]);
  });

  it('takes a line that is longer than all of its bytes, in place of all others', () => {
    let dropped = 0;
    const ring = lineRing({ maxLines: 10, maxBytes: 10, onDropped: () => dropped++ });
    const long = makeLine(2, LEAST_BYTES + 1, 2);
    for (const line of [makeLine(0, 10, 0), makeLine(1, 10, 1), long, makeLine(3, 10, 3)]) ring.add(line);
    expect(dropped).toBe(2);
    expect([0, 1, 2, 3].map(ring.lineAt)).toEqual([null, null, lineOf(long), lineOf(makeLine(3, 10, 3))]);
  });

  it('needs lines of the time that it forgets up to', () => {
    let dropped = 0;
    const ring = lineRing({ maxLines: 1, maxBytes: 1, onDropped: () => dropped++ });
    for (let n = 0; n < LEAST_LINES; n++) ring.add(makeLine(n, 1, n));
    ring.forget(1);
    for (let n = 0; n < 2; n++) ring.add(makeLine(LEAST_LINES + n, 1, LEAST_LINES));
    expect(dropped).toBe(1);
  });
});
