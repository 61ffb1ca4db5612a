import { glob, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SightlineError } from '../model/errors.ts';

/** Something to read lines from. */
export interface Source {
  /** The path as the user named it or as a glob found it; `-` is standard input. */
  readonly name: string;
  /** Size as stored; null for what has no size beforehand: standard input, a pipe, a device. */
  readonly sizeBytes: number | null;
}

export interface Found {
  readonly source: Source;
  /** Equal for two names of one file, whatever links lead to it. */
  readonly identity: string;
  /** A file is what holds lines, or may not be looked at; a stream has no end of its own: a pipe, a socket, a device. */
  readonly kind: 'file' | 'folder' | 'stream';
}

/**
 * Sources for names of files and folders, globs and `-`, in the order they were given; what one glob finds is sorted by
 * code unit. A pattern that names an existing file is that file, even if it has glob characters in it. A folder that is
 * named stands for what the glob `*` finds in it. Folders that a glob matches are passed over, and so is, with a word to
 * `onSkipped`, what is no regular file: a pipe that nobody writes to would be waited for. A file that is met twice is read
 * once.
 *
 * @throws SightlineError `no-such-file`, naming every pattern that matched nothing.
 */
export async function findSources(
  patterns: readonly string[],
  onSkipped: (name: string) => void = () => {},
): Promise<readonly Source[]> {
  const sources = new Map<string, Source>();
  const missing: string[] = [];
  for (const pattern of patterns) {
    const matched = await expand(pattern);
    const isFolder = matched[0]?.kind === 'folder';
    const listed = isFolder ? await filesBy('*', pattern) : matched;
    const found = listed.filter(({ kind, source }) => kind === 'file' || source.name === pattern);
    for (const { source } of listed.filter((one) => !found.includes(one))) onSkipped(source.name);
    const why = isFolder ? ' (a folder without files)' : listed.length > 0 ? ' (no regular file)' : '';
    if (found.length === 0) missing.push(pattern + why);
    for (const { identity, source } of found) if (!sources.has(identity)) sources.set(identity, source);
  }
  if (missing.length > 0) {
    throw new SightlineError('no-such-file', `no such file: ${missing.join(', ')}`);
  }
  return [...sources.values()];
}

/** What there is for one pattern; for a glob sorted, without directories. */
export async function expand(pattern: string): Promise<readonly Found[]> {
  if (pattern === '-') return [{ source: { name: '-', sizeBytes: null }, identity: '-', kind: 'stream' }];
  const named = await look(pattern);
  if (named !== null) return [named];
  return filesBy(pattern, '');
}

async function filesBy(pattern: string, folder: string): Promise<readonly Found[]> {
  const paths: string[] = [];
  for await (const path of glob(pattern, { cwd: folder })) paths.push(join(folder, path));
  const found: Found[] = [];
  for (const path of paths.sort()) {
    const match = await look(path);
    if (match !== null && match.kind !== 'folder') found.push(match);
  }
  return found;
}

/** Null if there is nothing of that name. Something that may not be looked at is there: reading it tells why not. */
async function look(name: string): Promise<Found | null> {
  try {
    const stats = await stat(name, { bigint: true });
    return {
      source: { name, sizeBytes: stats.isFile() ? Number(stats.size) : null },
      identity: `${stats.dev}:${stats.ino}`,
      kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'stream',
    };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return null;
    return { source: { name, sizeBytes: null }, identity: name, kind: 'file' };
  }
}
