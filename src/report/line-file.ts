import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { isForRoom, SightlineError } from '../model/errors.ts';

/** How much is gathered before it is written. */
const BUFFER_CHARS = 64 * 1024;

/**
 * A file that takes one line at a time and writes in large pieces. Any call may throw SightlineError `output-failed`, or
 * `state-full` for want of room, after which no line is lost: `flush` goes on where it was.
 */
export interface LineFile {
  readonly path: string;
  /** Length of the file. */
  readonly bytes: number;
  write(line: string): void;
  flush(): void;
  /** Leaves out what was not flushed. */
  close(): void;
}

/** Opens `path` for writing after its first `keptBytes`; what stands behind them goes. */
export function openLineFile(path: string, keptBytes = 0): LineFile {
  const told = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (cause) {
      throw writeFailure(path, cause);
    }
  };
  const handle = told(() => openSync(path, keptBytes === 0 ? 'w' : 'a'));
  let bytes = Math.min(keptBytes, fstatSync(handle).size);
  if (keptBytes > 0) told(() => ftruncateSync(handle, bytes));
  let waiting = '';
  /** The beginning of what waits, as far as it found no room. */
  let rest = Buffer.alloc(0);
  const flush = () => {
    rest = Buffer.concat([rest, Buffer.from(waiting)]);
    waiting = '';
    while (rest.length > 0) {
      const written = told(() => writeSync(handle, rest));
      bytes += written;
      rest = rest.subarray(written);
    }
  };
  return {
    path,
    get bytes() {
      return bytes;
    },
    write(line) {
      waiting += `${line}\n`;
      if (waiting.length >= BUFFER_CHARS) flush();
    },
    flush,
    close: () => told(() => closeSync(handle)),
  };
}

function writeFailure(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error && 'syscall' in cause)) return cause;
  return isForRoom(cause)
    ? new SightlineError('state-full', `no room to write ${path}: ${cause.message}`, { cause })
    : new SightlineError('output-failed', `cannot write ${path}: ${cause.message}`, { cause });
}
