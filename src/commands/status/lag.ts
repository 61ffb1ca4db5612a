import { type BigIntStats, statSync } from 'node:fs';
import type { FilePosition, PartPosition } from '../../read/read.ts';

/**
 * Bytes of a log that are there and lie behind its position: the rest of what was being read, and all of a file that has
 * come under its name since. What is left in an archive no size tells: it is not counted.
 */
export function lagBytesOf(position: FilePosition): number {
  const parts = [position, ...position.earlier];
  const log = lookAt(position.path);
  const isNew = log !== null && !parts.some((part) => isSame(part, log));
  return parts.reduce((sum, part) => sum + restOf(part), isNew ? Number(log.size) : 0);
}

function restOf(part: PartPosition): number {
  if (part.format !== 'plain' || part.ended) return 0;
  const found = lookAt(part.name);
  if (found === null || !isSame(part, found)) return Math.max(0, part.size - part.offset);
  const size = Number(found.size);
  return size < part.offset ? size : size - part.offset; // It was emptied and written anew.
}

function isSame({ device, inode }: PartPosition, { dev, ino }: BigIntStats): boolean {
  return device === String(dev) && inode === String(ino);
}

/** Null for what is not there or lies where this user may not look. */
function lookAt(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return null;
    throw error;
  }
}
