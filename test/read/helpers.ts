import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { LogLine } from '../../src/model/line.ts';
import type { Reject } from '../../src/model/reject.ts';
import { DEFAULT_MAX_LINE_BYTES, type OpenSource, openSource, type ReadOptions } from '../../src/read/read.ts';

export interface Collected {
  readonly open: OpenSource;
  readonly lines: readonly LogLine[];
  readonly rejects: readonly Reject[];
}

type Options = Partial<ReadOptions>;

/** Everything that reading a source gives. */
export async function collect(name: string, sizeBytes: number | null, options: Options = {}): Promise<Collected> {
  const rejects: Reject[] = [];
  const open = await openSource(
    { name, sizeBytes },
    { maxLineBytes: DEFAULT_MAX_LINE_BYTES, onReject: (reject) => rejects.push(reject), ...options },
  );
  const lines: LogLine[] = [];
  for await (const line of open.map((it) => it)) lines.push(line);
  return { open, lines, rejects };
}

/** The same for bytes that come through standard input in these chunks. */
export function collectChunks(chunks: Iterable<Buffer>, options: Options = {}): Promise<Collected> {
  return collect('-', null, { stdin: Readable.from(chunks), ...options });
}

/** The same for the bytes as a file. */
export async function collectFile(bytes: Buffer | string, options: Options = {}): Promise<Collected> {
  return inTempFolder(async (folder) => {
    const path = join(folder, 'some.log');
    await writeFile(path, bytes, 'latin1');
    return collect(path, Buffer.byteLength(bytes, 'latin1'), options);
  });
}

export async function inTempFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sightline-read-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Cuts the bytes into chunks of these sizes, over and over. */
export function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? bytes.length;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

export const texts = (lines: readonly LogLine[]): string[] => lines.map((line) => line.text);
