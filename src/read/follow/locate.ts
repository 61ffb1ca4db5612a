import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ReadError } from '../source-fault.ts';
import { type Contents, fromStats, identityOf, openContents } from './contents.ts';
import { type Fingerprint, type PartPosition, startsAs } from './position.ts';
import { isMissing } from './reach.ts';
import { byAge, findSiblings, lookAt, type Sibling } from './siblings.ts';

/** A rotation may rename what was just listed; the search then starts again. */
const MAX_SEARCHES = 3;

export interface Search {
  /** Absolute path of the log. */
  readonly log: string;
  /** Hears of a sibling that may not be read, hence was passed over. */
  readonly onObstacle: (message: string) => void;
}

/**
 * The content that a position was taken of, brought to its offset: what now bears the log's name, what bears the name
 * that it had, then the siblings of the log, those with its inode first, then the newest. Null if it is nowhere, or was empty.
 *
 * @throws ReadError with what the system says about the log itself, unless it is missing.
 */
export async function locate(wanted: PartPosition, search: Search): Promise<Contents | null> {
  if (wanted.head.bytes === 0) return null;
  for (let searches = 1; ; searches++) {
    const siblings = await siblingsOf(search.log, wanted.name);
    const same = siblings.filter(({ identity }) => identity === identityOf(wanted));
    const paths = new Set([search.log, wanted.name, ...[...same, ...siblings].map(({ path }) => path)]);
    const tried = new Set<string>();
    let vanished = false;
    for (const path of paths) {
      const contents = await tryOpen(path, search);
      if (contents === null) {
        vanished ||= path !== search.log && path !== wanted.name;
        continue;
      }
      const identity = identityOf(contents);
      if (!tried.has(identity) && (await holds(contents, wanted))) return contents;
      tried.add(identity);
      await contents.close();
    }
    if (!vanished || searches === MAX_SEARCHES) return null;
  }
}

async function holds(contents: Contents, wanted: PartPosition): Promise<boolean> {
  return startsAs(contents.head, wanted.head) && (await contents.seek(wanted.offset, wanted.tail));
}

/** What is known of the file after which the log goes on. */
export interface Predecessor {
  readonly name: string;
  /** Null if the file is not open: another may have got its inode. */
  readonly identity: string | null;
  readonly head: Fingerprint;
  readonly modifiedMs: number;
}

/**
 * Paths of the files that hold what was logged after this one, the oldest first, the log itself last; empty ones left
 * out. If the file is not among the rotated ones, those changed after it count.
 */
export async function successors(of: Predecessor, search: Search): Promise<string[]> {
  const log = await lookAt(search.log);
  const logIdentity = log && identityOf(fromStats(log));
  const siblings = await siblingsOf(search.log, of.name);
  const rotated = byAge(siblings.filter(({ mark, identity }) => mark !== null && identity !== logIdentity));
  const index = await indexOf(of, rotated, search);
  const newer = index >= 0 ? rotated.slice(index + 1) : rotated.filter((it) => isNewer(it, of));
  // While a file is being compressed, it is there twice.
  const marks = new Set([rotated[index]?.mark]);
  const paths: string[] = [];
  for (const { path, mark, size } of newer) {
    if (size > 0 && !marks.has(mark)) paths.push(path);
    marks.add(mark);
  }
  if (log !== null && log.size > 0n && logIdentity !== of.identity) paths.push(search.log);
  return paths;
}

/** Of what was empty nothing has been read, so that nothing is read twice by including a file of the same time. */
function isNewer(sibling: Sibling, { head, modifiedMs }: Predecessor): boolean {
  return sibling.modifiedMs > modifiedMs || (head.bytes === 0 && sibling.modifiedMs === modifiedMs);
}

async function indexOf(of: Predecessor, rotated: readonly Sibling[], search: Search): Promise<number> {
  const index = rotated.findIndex(({ identity }) => identity === of.identity);
  if (index >= 0 || of.head.bytes === 0) return index;
  for (const [i, { path }] of [...rotated.entries()].reverse()) {
    const contents = await tryOpen(path, search);
    if (contents === null) continue;
    await contents.close();
    if (startsAs(contents.head, of.head)) return i;
  }
  return -1;
}

/** A link may lead to another folder, in which the files are rotated. */
async function siblingsOf(log: string, name: string): Promise<Sibling[]> {
  const target = await realpath(log).catch(() => log);
  return findSiblings(log, [dirname(log), dirname(target), dirname(name)]);
}

/** Null if there is nothing of that name, or if it is a sibling that cannot be read. */
async function tryOpen(path: string, { log, onObstacle }: Search): Promise<Contents | null> {
  try {
    return await openContents(path);
  } catch (error) {
    if (isMissing(error)) return null;
    if (path === log || !(error instanceof ReadError)) throw error;
    onObstacle(`${path} was passed over: ${error.message}`);
    return null;
  }
}
