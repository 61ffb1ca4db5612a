import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type ArchiveFormat, decompress } from './decompress.ts';
import type { Source } from './find-sources.ts';
import { peek } from './peek.ts';
import { ReadError } from './source-fault.ts';

/**
 * Measured on Node 24: strings over 128 KiB are large objects to V8, which halves the lines per second; the unfinished
 * line that is put before a chunk must fit in as well.
 */
export const CHUNK_BYTES = 64 * 1024;

interface Magic {
  readonly name: string;
  /** What the first bytes are, as one-byte text. */
  readonly pattern: RegExp;
  readonly format: ArchiveFormat | null;
}

/** A zstd file may begin with a skippable frame (RFC 8878, 3.1.2), as that of pzstd does. */
const MAGICS: readonly Magic[] = [
  { name: 'gzip', pattern: /^\x1f\x8b/, format: 'gzip' },
  { name: 'zstd', pattern: /^(?:\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)/, format: 'zstd' },
  { name: 'bzip2', pattern: /^BZh[1-9]1AY&SY/, format: null },
  { name: 'xz', pattern: /^\xfd7zXZ\0/, format: null },
  { name: 'zip', pattern: /^PK\x03\x04/, format: null },
];
const MAGIC_BYTES = 10;

/** One read of so many is waited for: then it is the turn of whatever else waits, signals and other threads. */
const READS_A_TURN = 8;

/** How a source is read, which may change while it is. */
export interface Reading {
  /** Bytes asked for at a time. */
  chunkBytes: number;
}

/** Whoever looks at the beginning of a source holds no more of it than this. */
const HEAD_BYTES = 2 * CHUNK_BYTES;

/**
 * The bytes of a source, decompressed if their first ones say that they are an archive, whatever the name says.
 *
 * A chunk behind the first 128 KiB is good only until the next one is asked for.
 *
 * @throws ReadError `unreadable`, `truncated-archive` or `corrupt-archive`, after everything readable was given.
 */
export async function* readContents(
  source: Source,
  stdin: Readable,
  onBytes: (bytes: number) => void,
  reading: Reading = { chunkBytes: CHUNK_BYTES },
): AsyncGenerator<Buffer> {
  const whole = { chunkBytes: CHUNK_BYTES };
  const plain = { reuses: false };
  const stored = readStored(source.name === '-' ? stdin : readFile(source.name, reading, plain), onBytes);
  const reopen = source.sizeBytes === null ? null : () => readStored(readFile(source.name, whole, plain), () => {});
  try {
    const { head, all } = await peek(stored, MAGIC_BYTES);
    const format = archiveFormat(head);
    plain.reuses = format === null;
    yield* format === null ? all : decompress(all, format, reopen);
  } finally {
    await stored.return(undefined);
  }
}

/** @throws ReadError `unreadable` if the first bytes are those of an archive that cannot be read. */
export function archiveFormat(head: Buffer): ArchiveFormat | null {
  const start = head.toString('latin1', 0, MAGIC_BYTES);
  const magic = MAGICS.find(({ pattern }) => pattern.test(start));
  if (magic?.format === null) {
    throw new ReadError('unreadable', `${magic.name} archives cannot be read: decompress it, or pipe it to \`-\``);
  }
  return magic?.format ?? null;
}

async function* readStored(chunks: AsyncIterable<Buffer>, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of untilFailure(chunks)) {
    onBytes(chunk.length);
    yield chunk;
  }
}

async function* untilFailure(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    throw new ReadError('unreadable', error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/**
 * Unlike a file stream, it gives all that was read before a fault of the disk; and it can read into the same memory again
 * and again, which keeps the garbage collector out of the way. What is a file is there: to read it at once costs a third
 * of what it costs to have a thread read it and to wait for that. A pipe is waited for.
 */
async function* readFile(path: string, reading: Reading, plain: { readonly reuses: boolean }): AsyncGenerator<Buffer> {
  const file = await open(path);
  let chunk: Buffer | null = null;
  let total = 0;
  try {
    const isRegular = (await file.stat()).isFile();
    for (let reads = 0; ; reads++) {
      const isHead = total < HEAD_BYTES || !plain.reuses;
      if (isHead || chunk?.length !== reading.chunkBytes) chunk = Buffer.allocUnsafeSlow(reading.chunkBytes);
      const isThere = isRegular && reads % READS_A_TURN > 0;
      const bytesRead = isThere ? readSync(file.fd, chunk) : await readWhenThere(file, chunk);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
      total += bytesRead;
      if (total <= HEAD_BYTES) chunk = null;
    }
  } finally {
    await file.close();
  }
}

async function readWhenThere(file: FileHandle, chunk: Buffer): Promise<number> {
  const { bytesRead } = await file.read(chunk, 0, chunk.length);
  return bytesRead;
}
