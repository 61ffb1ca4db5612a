import { accessSync, constants, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A new folder, in memory where the machine has such a place: what a kill leaves behind is the same there, and thousands
 * of commits need not wait for a disk. Whoever makes it removes it.
 */
export function scratchFolder(prefix: string): string {
  return mkdtempSync(join(memoryFolder() ?? tmpdir(), prefix));
}

function memoryFolder(): string | null {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return null;
  }
}
