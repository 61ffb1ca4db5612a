import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';
import { ReadError } from './source-fault.ts';

export type ArchiveFormat = 'gzip' | 'zstd';
type Engine = Gunzip | ZstdDecompress;

const OUTPUT_BYTES = 64 * 1024;
/** Compressed bytes handed over at once: large enough to keep the thread pool busy, small enough to look at twice. */
const SLICE_BYTES = 16 * 1024;

/** Where in the stored bytes an archive cannot be read any more. */
class ArchiveError extends ReadError {
  readonly sliceOffset: number;

  constructor(cause: NodeJS.ErrnoException, sliceOffset: number) {
    const truncated = cause.code === 'Z_BUF_ERROR';
    super(
      truncated ? 'truncated-archive' : 'corrupt-archive',
      truncated
        ? `the archive ends too early (after ${sliceOffset} bytes)`
        : `the archive is corrupt (${cause.message}) near byte ${sliceOffset}`,
      { cause },
    );
    this.sliceOffset = sliceOffset;
  }
}

/**
 * Decompresses all members of a gzip file or all frames of a zstd file. zlib drops what it has made of a write in which
 * it meets a fault, so the slice with the fault is looked at a second time, byte by byte, if the stored bytes can be had
 * again (`reopen`); else up to the output of one slice before the fault is lost.
 *
 * @throws ReadError `truncated-archive` or `corrupt-archive`, after everything readable was given.
 */
export async function* decompress(
  stored: AsyncIterable<Buffer>,
  format: ArchiveFormat,
  reopen: (() => AsyncIterable<Buffer>) | null,
): AsyncGenerator<Buffer> {
  let given = 0;
  try {
    for await (const output of unpack(stored, format, Number.POSITIVE_INFINITY)) {
      given += output.length;
      yield output;
    }
  } catch (error) {
    if (!(error instanceof ArchiveError) || error.code === 'truncated-archive' || reopen === null) throw error;
    let skip = given;
    for await (const output of unpack(reopen(), format, error.sliceOffset)) {
      if (skip < output.length) yield output.subarray(skip);
      skip = Math.max(0, skip - output.length);
    }
    throw error;
  }
}

/** Hands the stored bytes over in slices; from `careFromOffset` on, byte by byte. */
async function* unpack(
  stored: AsyncIterable<Buffer>,
  format: ArchiveFormat,
  careFromOffset: number,
): AsyncGenerator<Buffer> {
  let offset = 0;
  let engine: Engine | null = null;
  try {
    for await (const chunk of stored) {
      let rest = chunk;
      while (rest.length > 0) {
        if (engine === null) {
          // Tapes and disks pad gzip archives with zeros; to zstd they are garbage.
          const start = format === 'gzip' ? rest.findIndex((byte) => byte !== 0) : 0;
          const padding = start === -1 ? rest.length : start;
          offset += padding;
          rest = rest.subarray(padding);
          if (start === -1) break;
          engine = openEngine(format);
        }
        const slice = rest.subarray(0, Math.max(1, Math.min(SLICE_BYTES, careFromOffset - offset)));
        const takenBefore = engine.bytesWritten;
        yield* exchange(engine, offset, (it, done) => it.write(slice, done));
        const taken = engine.bytesWritten - takenBefore;
        offset += taken;
        rest = rest.subarray(taken);
        // An engine ends where something else follows in the same slice: padding in gzip, any next frame in zstd.
        if (engine.readableEnded) {
          engine.destroy();
          engine = null;
        }
      }
    }
    if (engine !== null) yield* exchange(engine, offset, (it) => it.end());
  } finally {
    engine?.destroy();
  }
}

function openEngine(format: ArchiveFormat): Engine {
  const engine =
    format === 'gzip' ? createGunzip({ chunkSize: OUTPUT_BYTES }) : createZstdDecompress({ chunkSize: OUTPUT_BYTES });
  // Faults are found in engine.errored; without a listener the event would end the process.
  return engine.on('error', () => {});
}

/** Gives the engine some input, or its end, and yields its output until it wants more (`done`), has ended or failed. */
async function* exchange(
  engine: Engine,
  offset: number,
  give: (engine: Engine, done: () => void) => void,
): AsyncGenerator<Buffer> {
  let wake = () => {};
  let taken = false;
  const listen = () => wake();
  const events = ['readable', 'end', 'error'];
  for (const event of events) engine.on(event, listen);
  give(engine, () => {
    taken = true;
    wake();
  });
  try {
    for (;;) {
      for (let output = engine.read(); output !== null; output = engine.read()) yield output;
      if (engine.errored) throw new ArchiveError(engine.errored, offset);
      if (taken || engine.readableEnded) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    for (const event of events) engine.off(event, listen);
  }
}
