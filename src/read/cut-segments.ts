import { type Elision, lineBounder } from './bound-lines.ts';

/** Whole lines of a source, in memory of their own; only the last line of the last segment may be without a newline. */
export interface Segment {
  readonly bytes: Buffer;
  /** Of the first byte. */
  readonly offset: number;
  /** What was left out of lines that are too long. */
  readonly elisions: readonly Elision[];
}

const NEWLINE = 0x0a;

/** Cuts a source at line ends into segments of at most that size, but for one whose line is longer. */
export async function* cutSegments(
  chunks: AsyncIterable<Buffer>,
  maxLineBytes: number,
  segmentBytes: number,
): AsyncGenerator<Segment> {
  const bounder = lineBounder(maxLineBytes);
  let block = Buffer.allocUnsafeSlow(segmentBytes);
  let length = 0;
  let offset = 0;

  /** The first bytes of what is held. */
  function segmentOf(bytes: Buffer): Segment {
    const elisions: Elision[] = [];
    let end = offset + bytes.length;
    for (let next = bounder.takeNextElision(end); next !== null; next = bounder.takeNextElision(end)) {
      elisions.push(next);
      end += next.bytes;
    }
    const segment = { bytes, offset, elisions };
    offset = end;
    return segment;
  }

  /** Adds what the segment lacks still, or as much again where a line is longer than it. */
  function add(chunk: Buffer, from: number): number {
    const to = Math.min(chunk.length, from + segmentBytes - (length < segmentBytes ? length : 0));
    if (length + to - from > block.length) {
      const grown = Buffer.allocUnsafeSlow(block.length * 2);
      block.copy(grown, 0, 0, length);
      block = grown;
    }
    length += chunk.copy(block, length, from, to);
    return to;
  }

  for await (const read of chunks) {
    const chunk = bounder.bound(read);
    for (let from = 0; from < chunk.length; ) {
      from = add(chunk, from);
      const end = length < segmentBytes ? 0 : block.lastIndexOf(NEWLINE, length - 1) + 1;
      if (end === 0) continue;
      const whole = block.subarray(0, end);
      const rest = block.subarray(end, length);
      block = Buffer.allocUnsafeSlow(Math.max(segmentBytes, rest.length));
      length = rest.copy(block);
      yield segmentOf(whole);
    }
  }
  if (length > 0) yield segmentOf(block.subarray(0, length));
}
