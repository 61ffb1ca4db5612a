import { createHash } from 'node:crypto';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { SightlineError } from '../model/errors.ts';
import type { Parcel, Receipt } from '../model/parcel.ts';

/**
 * Writes a parcel that could not be delivered to a file of its own in `folder` (made when it is not there), which only
 * its owner may read, and returns the receipt with the file's path in its reason. The same parcel takes the same file.
 * Throws SightlineError `not-kept` when even that fails: the bundle is lost unless the run is repeated.
 */
export async function keepUndelivered(folder: string, parcel: Parcel, receipt: Receipt): Promise<Receipt> {
  const path = join(folder, `${nameOf(parcel.key)}.json`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(`${path}.partial`, 'w', 0o600);
    try {
      await file.writeFile(parcel.body);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.partial`, path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SightlineError('not-kept', `${receipt.reason}; and it cannot be kept as ${path}: ${why}`, { cause });
  }
  return { ...receipt, reason: `${receipt.reason}; kept as ${path}` };
}

/** A file name for a key: the key itself when it is harmless, else its hash. */
function nameOf(key: string): string {
  return /^\w[\w.-]{0,150}$/.test(key) ? key : createHash('sha256').update(key).digest('hex');
}
