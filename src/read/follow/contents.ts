import type { BigIntStats } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { type ArchiveFormat, decompress } from '../decompress.ts';
import { archiveFormat, CHUNK_BYTES } from '../read-contents.ts';
import { ReadError } from '../source-fault.ts';
import { type Fingerprint, HEAD_BYTES, type StoredFormat, startsAs, TAIL_BYTES } from './position.ts';
import { reach } from './reach.ts';

/*
 * What is read of a followed log, as a file stores it. Long, because plain files and archives stand side by side here,
 * as the two that keep the same promise.
 */

/** Read at once from a plain file. */
const FETCH_BYTES = 4 * CHUNK_BYTES;

/** Bytes, or why there are none: nothing more for now, or what was read before is no longer in the file. */
export type Next = Buffer | 'end' | 'replaced';

/**
 * The content of one open file, from some offset on. The handle stays with the file wherever it is renamed to; on
 * Windows, Node.js opens files so that they can be renamed and deleted meanwhile (FILE_SHARE_DELETE).
 */
export interface Contents {
  /** Links resolved. */
  readonly name: string;
  readonly device: string;
  readonly inode: string;
  readonly format: StoredFormat;
  /** The first bytes, as many as there are up to 1 KiB. */
  readonly head: Buffer;
  /** After `seek`: the bytes before the offset, up to 256. */
  readonly recent: Buffer;
  /** Bytes as stored, and the time of their last change (epoch ms), as of the last look. */
  readonly size: number;
  readonly modifiedMs: number;
  /** Why an archive could not be read to its end. */
  readonly fault: ReadError | null;
  /** Goes to an offset, before the first `next`. False if the bytes before it are not those of the fingerprint. */
  seek(offset: number, tail: Fingerprint): Promise<boolean>;
  /** At most 64 KiB. */
  next(): Promise<Next>;
  close(): Promise<void>;
}

/** `device:inode`; equal for two names of one file, whatever links or mounts lead to it. */
export function identityOf({ device, inode }: { readonly device: string; readonly inode: string }): string {
  return `${device}:${inode}`;
}

/** Some network disks give every file the inode 0: there, the time of its birth tells it from others. */
export function fromStats(stats: Pick<BigIntStats, 'dev' | 'ino' | 'birthtimeNs'>): { device: string; inode: string } {
  const { dev, ino, birthtimeNs } = stats;
  return { device: String(dev), inode: ino === 0n ? `0 of ${birthtimeNs}` : String(ino) };
}

/**
 * @throws ReadError `unreadable` with what the system says, for what is no regular file (a pipe would wait for its
 * writer), and for an archive of an unknown kind.
 */
export async function openContents(path: string): Promise<Contents> {
  if (!(await reach(stat(path))).isFile()) throw new ReadError('unreadable', `${path} is not a regular file`);
  const handle = await reach(open(path));
  try {
    const head = await readAt(handle, 0, HEAD_BYTES);
    const format = archiveFormat(head);
    const stats = await reach(handle.stat({ bigint: true }));
    const seen: Seen = {
      name: await realpath(path).catch(() => path),
      ...fromStats(stats),
      size: Number(stats.size),
      modifiedMs: Number(stats.mtimeMs),
    };
    return format === null ? plainContents(handle, seen, head) : await archiveContents(handle, seen, format);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

type Seen = Pick<Contents, 'name' | 'device' | 'inode' | 'size' | 'modifiedMs'>;

/**
 * Every read takes along the first bytes and those before its own, and compares them with what they were, so that
 * nothing is read on from other content, be it as long as the former.
 */
function plainContents(handle: FileHandle, seen: Seen, start: Buffer): Contents {
  let head = start;
  let recent: Buffer = Buffer.alloc(0);
  /** Fetched and not given yet. */
  let ahead: Buffer = Buffer.alloc(0);
  let offset = 0;
  let { size, modifiedMs } = seen;

  async function fetch(): Promise<'more' | 'end' | 'replaced'> {
    const stats = await reach(handle.stat());
    const changedMs = Math.floor(stats.mtimeMs);
    if (stats.size === offset && size === offset && changedMs === modifiedMs) return 'end';
    if (stats.size < offset) return 'replaced';
    const known = recent.length;
    const bytes = await readAt(handle, offset - known, known + Math.min(FETCH_BYTES, stats.size - offset));
    const start = offset === 0 ? bytes.subarray(0, HEAD_BYTES) : await readAt(handle, 0, HEAD_BYTES);
    if (!startsWith(bytes, recent) || !startsWith(start, head)) return 'replaced';
    if (start.length > head.length) head = Buffer.from(start);
    size = stats.size;
    modifiedMs = changedMs;
    if (bytes.length === known) return 'end';
    ahead = bytes.subarray(known);
    offset += ahead.length;
    recent = lastBytes(bytes);
    return 'more';
  }

  return {
    ...seen,
    format: 'plain',
    fault: null,
    get head() {
      return head;
    },
    get recent() {
      return recent;
    },
    get size() {
      return size;
    },
    get modifiedMs() {
      return modifiedMs;
    },
    async seek(target, tail) {
      recent = await readAt(handle, target - tail.bytes, tail.bytes);
      offset = target;
      return recent.length === tail.bytes && startsAs(recent, tail);
    },
    async next() {
      if (ahead.length === 0) {
        const state = await fetch();
        if (state !== 'more') return state;
      }
      const bytes = ahead.subarray(0, CHUNK_BYTES);
      ahead = ahead.subarray(bytes.length);
      return bytes;
    },
    close: () => handle.close(),
  };
}

/** An archive is complete when it is found: what it holds is read once, from its beginning to its end. */
async function archiveContents(handle: FileHandle, seen: Seen, format: ArchiveFormat): Promise<Contents> {
  const stored = () => readAll(handle);
  const unpacked = decompress(stored(), format, stored);
  let fault: ReadError | null = null;
  let pending: Buffer = Buffer.alloc(0);
  let recent: Buffer = Buffer.alloc(0);

  async function pull(): Promise<Buffer | null> {
    try {
      const result = await unpacked.next();
      return result.done ? null : result.value;
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      fault = error;
      return null;
    }
  }

  for (let more = await pull(); more !== null; more = pending.length < HEAD_BYTES ? await pull() : null) {
    pending = Buffer.concat([pending, more]);
  }

  async function next(maxBytes = CHUNK_BYTES): Promise<Buffer | 'end'> {
    if (pending.length === 0) pending = (await pull()) ?? pending;
    if (pending.length === 0) return 'end';
    const bytes = pending.subarray(0, maxBytes);
    pending = pending.subarray(bytes.length);
    recent = lastBytes(Buffer.concat([recent, bytes.subarray(-TAIL_BYTES)]));
    return bytes;
  }

  return {
    ...seen,
    format,
    head: Buffer.from(pending.subarray(0, HEAD_BYTES)),
    get recent() {
      return recent;
    },
    get fault() {
      return fault;
    },
    async seek(target, tail) {
      for (let rest = target; rest > 0; ) {
        const bytes = await next(Math.min(rest, CHUNK_BYTES));
        if (bytes === 'end') return false;
        rest -= bytes.length;
      }
      return recent.length >= tail.bytes && startsAs(recent.subarray(recent.length - tail.bytes), tail);
    },
    next: () => next(),
    async close() {
      await unpacked.return(undefined);
      await handle.close();
    },
  };
}

/** A copy, that keeps no chunk. */
export function lastBytes(bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(-TAIL_BYTES));
}

function startsWith(bytes: Buffer, start: Buffer): boolean {
  return bytes.subarray(0, start.length).equals(start);
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  if (length === 0) return Buffer.alloc(0);
  const { buffer, bytesRead } = await reach(handle.read(Buffer.allocUnsafe(length), 0, length, offset));
  return buffer.subarray(0, bytesRead);
}

async function* readAll(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let offset = 0; ; ) {
    const bytes = await readAt(handle, offset, CHUNK_BYTES);
    if (bytes.length === 0) return;
    offset += bytes.length;
    yield bytes;
  }
}
