import { open } from 'node:fs/promises';
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

/**
 * The bytes of a source, decompressed if their first ones say that they are an archive, whatever the name says.
 *
 * @throws ReadError `unreadable`, `truncated-archive` or `corrupt-archive`, after everything readable was given.
 */
export async function* readContents(
  source: Source,
  stdin: Readable,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const stored = readStored(source.name === '-' ? stdin : readFile(source.name), onBytes);
  const reopen = source.sizeBytes === null ? null : () => readStored(readFile(source.name), () => {});
  try {
    const { head, all } = await peek(stored, MAGIC_BYTES);
    const format = archiveFormat(head);
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

/** Unlike a file stream, it gives all that was read before a fault of the disk. */
async function* readFile(path: string): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    for (;;) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
