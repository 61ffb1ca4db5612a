import { readFileSync, statSync } from 'node:fs';
import { SightlineError } from '../model/errors.ts';

/** What a file holds. Throws an error for which {@link isRefusal} holds; a device or a pipe would never end. */
export function contentsOf(path: string, maxBytes: number): string {
  const stats = statSync(path);
  if (!stats.isFile()) throw new SightlineError('no-config', `${path} is no file`);
  if (stats.size > maxBytes) throw new SightlineError('no-config', `${path} is too long: ${stats.size} bytes`);
  return readFileSync(path, 'utf8');
}

/** What the system says of a file, or {@link contentsOf}; anything else is a mistake of ours. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && 'code' in error;
}
