import type { LogLine } from '../model/line.ts';
import type { Caller } from './caller.ts';

/** A line that is put by. */
export interface RingLine {
  readonly bytes: Buffer;
  /** Where in them it begins, and where it ends. */
  readonly from: number;
  readonly to: number;
  readonly source: string;
  readonly number: number;
  readonly offset: number;
  /** Epoch ms. */
  readonly time: number;
  readonly caller: Caller;
}

export interface LineRingOptions {
  readonly maxLines: number;
  readonly maxBytes: number;
  /** Called for each line that was needed still when it had to make room. */
  readonly onDropped: () => void;
}

/**
 * Lines that wait, as bytes in one block of memory: the oldest makes room for the newest. Hundreds of thousands of lines
 * wait for a correlation that few of them ever fire; as objects they would keep the garbage collector busy with nothing
 * else. A line is known by its number in the order of arrival.
 */
export interface LineRing {
  /** Keeps a copy of the line's bytes, and nothing of `line` itself. */
  add(line: RingLine): number;
  /** -Infinity for a line that had to make room. */
  timeOf(place: number): number;
  /** Undefined for a line that had to make room. */
  callerOf(place: number): Caller | undefined;
  /** Notes that lines are looked at together: in which turn. */
  setTurn(place: number, turn: number): void;
  turnOf(place: number): number;
  /** Notes which line leads to another one. */
  setPrior(place: number, prior: number): void;
  priorTo(place: number): number;
  /** Null for a line that had to make room. */
  lineAt(place: number): LogLine | null;
  /** From now on, nobody needs lines older than `time`. */
  forget(time: number): void;
}

const FIRST_LINES = 1024;
const FIRST_BYTES = 256 * 1024;

/** Of each line that is kept, at its place modulo the number of places. */
interface Columns {
  readonly times: Float64Array;
  /** Where its bytes begin, counted from the first byte ever added. */
  readonly starts: Float64Array;
  readonly lengths: Int32Array;
  readonly turns: Float64Array;
  readonly priors: Float64Array;
  readonly numbers: Float64Array;
  readonly offsets: Float64Array;
  readonly sources: string[];
  readonly callers: (Caller | undefined)[];
}

export function lineRing({ maxLines, maxBytes, onDropped }: LineRingOptions): LineRing {
  let lines = FIRST_LINES;
  let columns = makeColumns(lines);
  let block = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let [oldest, next, end, neededFrom] = [0, 0, 0, Number.NEGATIVE_INFINITY];

  /** A line does not go round the end of the block. */
  function startOf(length: number): number {
    const left = block.length - (end % block.length);
    return left < length ? end + left : end;
  }

  function isNeeded(place: number): boolean {
    return (columns.times[place & (lines - 1)] ?? 0) >= neededFrom;
  }

  /** Grows as long as the oldest line is needed and the bounds allow, and else lets it go. */
  function makeRoom(length: number): void {
    while (oldest < next) {
      const isFull = next - oldest === lines;
      const isOver = startOf(length) + length - (columns.starts[oldest & (lines - 1)] ?? 0) > block.length;
      if (!isFull && !isOver) return;
      if (isNeeded(oldest)) {
        if (isFull ? lines * 2 <= maxLines : block.length * 2 <= maxBytes) {
          if (isFull) growColumns();
          else growBlock();
          continue;
        }
        onDropped();
      }
      oldest++;
    }
    if (length > block.length) block = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(length)));
  }

  function growColumns(): void {
    const grown = makeColumns(lines * 2);
    for (let place = oldest; place < next; place++) {
      const [from, to] = [place & (lines - 1), place & (lines * 2 - 1)];
      grown.times[to] = columns.times[from] ?? 0;
      grown.starts[to] = columns.starts[from] ?? 0;
      grown.lengths[to] = columns.lengths[from] ?? 0;
      grown.turns[to] = columns.turns[from] ?? 0;
      grown.priors[to] = columns.priors[from] ?? 0;
      grown.numbers[to] = columns.numbers[from] ?? 0;
      grown.offsets[to] = columns.offsets[from] ?? 0;
      grown.sources[to] = columns.sources[from] ?? '';
      grown.callers[to] = columns.callers[from];
    }
    lines *= 2;
    columns = grown;
  }

  function growBlock(): void {
    const former = block;
    block = Buffer.allocUnsafeSlow(former.length * 2);
    end = 0;
    for (let place = oldest; place < next; place++) {
      const at = place & (lines - 1);
      const from = (columns.starts[at] ?? 0) % former.length;
      const length = columns.lengths[at] ?? 0;
      former.copy(block, end, from, from + length);
      columns.starts[at] = end;
      end += length;
    }
  }

  return {
    add({ bytes, from, to, source, number, offset, time, caller }) {
      const length = to - from;
      makeRoom(length);
      const start = startOf(length);
      bytes.copy(block, start % block.length, from, to);
      end = start + length;
      const at = next & (lines - 1);
      columns.times[at] = time;
      columns.starts[at] = start;
      columns.lengths[at] = length;
      columns.numbers[at] = number;
      columns.offsets[at] = offset;
      columns.sources[at] = source;
      columns.callers[at] = caller;
      return next++;
    },
    timeOf: (place) => (place < oldest ? Number.NEGATIVE_INFINITY : (columns.times[place & (lines - 1)] ?? 0)),
    setTurn(place, turn) {
      columns.turns[place & (lines - 1)] = turn;
    },
    turnOf: (place) => columns.turns[place & (lines - 1)] ?? 0,
    setPrior(place, prior) {
      columns.priors[place & (lines - 1)] = prior;
    },
    priorTo: (place) => columns.priors[place & (lines - 1)] ?? 0,
    callerOf: (place) => (place < oldest ? undefined : columns.callers[place & (lines - 1)]),
    lineAt(place) {
      if (place < oldest) return null;
      const at = place & (lines - 1);
      const length = columns.lengths[at] ?? 0;
      const from = (columns.starts[at] ?? 0) % block.length;
      const text = block.toString('latin1', from, from + length);
      const [source = '', number = 0, offset = 0] = [columns.sources[at], columns.numbers[at], columns.offsets[at]];
      return { source, number, offset, length, text };
    },
    forget(time) {
      neededFrom = time;
    },
  };
}

function makeColumns(lines: number): Columns {
  return {
    times: new Float64Array(lines),
    starts: new Float64Array(lines),
    lengths: new Int32Array(lines),
    turns: new Float64Array(lines),
    priors: new Float64Array(lines),
    numbers: new Float64Array(lines),
    offsets: new Float64Array(lines),
    sources: [],
    callers: [],
  };
}
