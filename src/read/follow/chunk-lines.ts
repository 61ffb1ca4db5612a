import type { LogLine } from '../../model/line.ts';
import { lineBounder } from '../bound-lines.ts';
import type { Framing } from '../framing.ts';
import { lineCutter } from '../line-cutter.ts';
import { lastBytes } from './contents.ts';
import { TAIL_BYTES } from './position.ts';

const NEWLINE = 0x0a;

/** What has been read, over all parts of a log. lines = given + too long + skipped. */
export interface FollowLedger {
  bytes: number;
  lines: number;
  /** Blank lines. */
  skipped: number;
  /** Rejected as too long. */
  tooLong: number;
  /** How often something that was, or may have been, unread could not be found any more. */
  losses: number;
  /** Bytes known to have been lost that way. */
  lostBytes: number;
}

export function emptyLedger(): FollowLedger {
  return { bytes: 0, lines: 0, skipped: 0, tooLong: 0, losses: 0, lostBytes: 0 };
}

export interface LineOptions extends Omit<Framing, 'ledger'> {
  readonly ledger: FollowLedger;
}

/** Where reading begins: at the beginning of a line. */
export interface LineStart {
  readonly offset: number;
  readonly lines: number;
}

/** Lines out of chunks that are asked for one by one, framed as `openSource` frames them. */
export interface ChunkLines {
  /** Behind the last line given. */
  readonly offset: number;
  /** Lines before `offset`. */
  readonly lines: number;
  /** The bytes before `offset`, up to 256. */
  readonly tail: Buffer;
  /** Whether something stands behind `offset` that `finish` would give. */
  readonly hasRest: boolean;
  /** Gives the lines that end in the chunk. */
  take(chunk: Buffer, onLine: (line: LogLine) => void): void;
  /** Gives the incomplete last line. */
  finish(onLine: (line: LogLine) => void): void;
}

/** @param before the bytes before the first chunk, up to 256 */
export function chunkLines(at: LineStart, before: Buffer, options: LineOptions): ChunkLines {
  const { ledger } = options;
  const counted = { lines: at.lines, skipped: 0 };
  const framing: Framing = {
    ...options,
    ledger: counted,
    onReject: (reject) => {
      ledger.tooLong++;
      options.onReject(reject);
    },
  };
  const bounder = lineBounder(framing.maxLineBytes, at.offset);
  const cutter = lineCutter(framing, bounder, at.offset);
  /** The incomplete last line, as far as it is within the bound. */
  let rest = '';
  let fetched = at.offset;
  let recent = before;
  let { offset, lines } = at;
  let tail = before;

  function give(raws: readonly string[], end: number, endTail: Buffer, onLine: (line: LogLine) => void): void {
    const skippedBefore = counted.skipped;
    for (const raw of raws) {
      const line = cutter.cut(raw);
      if (line !== undefined) onLine(line);
    }
    ledger.lines += raws.length;
    ledger.skipped += counted.skipped - skippedBefore;
    ledger.bytes += end - offset;
    offset = end;
    lines = counted.lines;
    tail = endTail;
  }

  return {
    get offset() {
      return offset;
    },
    get lines() {
      return lines;
    },
    get tail() {
      return tail;
    },
    get hasRest() {
      return fetched > offset;
    },
    take(chunk, onLine) {
      const raws = (rest + bounder.bound(chunk).toString('latin1')).split('\n');
      rest = raws.pop() ?? '';
      const whole = chunk.subarray(0, chunk.lastIndexOf(NEWLINE) + 1);
      if (raws.length > 0) give(raws, fetched + whole.length, extend(recent, whole), onLine);
      recent = extend(recent, chunk);
      fetched += chunk.length;
    },
    finish(onLine) {
      if (fetched > offset) give([rest], fetched, recent, onLine);
      rest = '';
    },
  };
}

function extend(recent: Buffer, bytes: Buffer): Buffer {
  return lastBytes(bytes.length < TAIL_BYTES ? Buffer.concat([recent, bytes]) : bytes);
}
