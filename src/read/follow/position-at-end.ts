import { ReadError } from '../source-fault.ts';
import { type Contents, openContents } from './contents.ts';
import { type FilePosition, fingerprint, TAIL_BYTES } from './position.ts';

const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);

/**
 * The position behind the last whole line that a file holds now; lines are counted from there. An archive will get no
 * more lines: all of it is left out. Null if the file is not there or cannot be read.
 */
export async function positionAtEnd(path: string, maxLineBytes: number): Promise<FilePosition | null> {
  let contents: Contents;
  try {
    contents = await openContents(path);
  } catch (error) {
    if (error instanceof ReadError) return null;
    throw error;
  }
  try {
    const { name, device, inode, format, size } = contents;
    const isArchive = format !== 'plain';
    const from = isArchive ? 0 : Math.max(0, size - maxLineBytes - TAIL_BYTES);
    const last = isArchive ? NOTHING : await readFrom(contents, from);
    // A line without an end in sight is left out as far as it goes.
    const whole = last.subarray(0, last.lastIndexOf(NEWLINE) + 1 || last.length);
    return {
      path,
      name,
      device,
      inode,
      format,
      head: fingerprint(contents.head),
      tail: fingerprint(whole.subarray(-TAIL_BYTES)),
      offset: from + whole.length,
      lines: 0,
      size: contents.size,
      modifiedMs: contents.modifiedMs,
      ended: isArchive,
      earlier: [],
    };
  } finally {
    await contents.close();
  }
}

async function readFrom(contents: Contents, offset: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await contents.seek(offset, fingerprint(NOTHING));
  for (let next = await contents.next(); typeof next !== 'string'; next = await contents.next()) chunks.push(next);
  return Buffer.concat(chunks);
}
