import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ReadError } from '../source-fault.ts';
import { type Contents, fromStats, identityOf, openContents } from './contents.ts';
import { type Fingerprint, type PartPosition, startsAs } from './position.ts';
import { isMissing } from './reach.ts';
import { byAge, findSiblings, lookAt, type Sibling } from './siblings.ts';

/** A rotation may rename what was just listed; the search then starts again. */
const MAX_SEARCHES = 5;

/** Files were renamed while they were looked for: to be tried again. */
export class RotatingError extends Error {}

export interface Search {
  /** Absolute path of the log. */
  readonly log: string;
  /** Hears of a sibling that may not be read, hence was passed over. */
  readonly onObstacle: (message: string) => void;
}

/**
 * The content that a position was taken of, brought to its offset: a rotated file with its inode, what now bears the
 * log's name, what bears the name that it had, then the siblings of the log, the newest first. Null if it is nowhere, or
 * was empty.
 *
 * @throws RotatingError, and ReadError with what the system says about the log itself, unless it is missing.
 */
export async function locate(wanted: PartPosition, search: Search): Promise<Contents | null> {
  if (wanted.head.bytes === 0) return null;
  for (let searches = 0; searches < MAX_SEARCHES; searches++) {
    const siblings = await siblingsOf(search.log, wanted.name);
    const same = siblings.filter(({ identity }) => identity === identityOf(wanted)).map(({ path }) => path);
    const paths = new Set([...same, search.log, wanted.name, ...siblings.map(({ path }) => path)]);
    const tried = new Set<string>();
    for (const path of paths) {
      const contents = await tryOpen(path, search);
      if (contents === null) continue;
      const identity = identityOf(contents);
      if (!tried.has(identity) && (await holds(contents, wanted))) return contents;
      tried.add(identity);
      await contents.close();
    }
    if (namesOf(await siblingsOf(search.log, wanted.name)) === namesOf(siblings)) return null;
  }
  throw new RotatingError();
}

/** The same in what bears the log's name only. */
export async function locateInLog(wanted: PartPosition, search: Search): Promise<Contents | null> {
  const contents = await tryOpen(search.log, search);
  if (contents === null || (await holds(contents, wanted))) return contents;
  await contents.close();
  return null;
}

async function holds(contents: Contents, wanted: PartPosition): Promise<boolean> {
  try {
    return startsAs(contents.head, wanted.head) && (await contents.seek(wanted.offset, wanted.tail));
  } catch (error) {
    await contents.close();
    throw error;
  }
}

/** What is known of the file after which the log goes on. */
export interface Predecessor {
  readonly name: string;
  /** Null if the file is not open: another may have got its inode. */
  readonly identity: string | null;
  readonly head: Fingerprint;
  readonly modifiedMs: number;
}

/** A file as it was listed; when it is opened, another may bear its name. */
type Successor = Pick<Sibling, 'path' | 'identity'>;

export interface Successors {
  /** The oldest first, the log itself last; empty ones left out. */
  readonly files: readonly Successor[];
  /** Whether the file itself was found among the rotated ones. If not, those changed after it count. */
  readonly isRotated: boolean;
  /**
   * To be asked when one has been opened: whether the files still are as they were listed. If not, what was opened may
   * have been filled anew and what comes before it overlooked.
   */
  holds(): Promise<boolean>;
}

/**
 * The files that hold what was logged after this one.
 *
 * @throws RotatingError
 */
export async function successors(of: Predecessor, search: Search): Promise<Successors> {
  const log = await lookAt(search.log);
  const logIdentity = log && identityOf(fromStats(log));
  const siblings = await siblingsOf(search.log, of.name);
  const rotated = byAge(siblings.filter(({ mark, identity }) => mark !== null && identity !== logIdentity));
  const index = await indexOf(of, rotated, search);
  const newer = index >= 0 ? rotated.slice(index + 1) : rotated.filter((it) => isNewer(it, of));
  // While a file is being compressed, it is there twice.
  const marks = new Set([rotated[index]?.mark]);
  const files: Successor[] = [];
  for (const { path, identity, mark, size } of newer) {
    if (size > 0 && !marks.has(mark)) files.push({ path, identity });
    marks.add(mark);
  }
  if (log !== null && log.size > 0n && logIdentity !== of.identity) {
    files.push({ path: search.log, identity: identityOf(fromStats(log)) });
  }
  return {
    files,
    isRotated: index >= 0,
    async holds() {
      try {
        const now = await lookAt(search.log);
        const isSame = (now && identityOf(fromStats(now))) === logIdentity;
        return isSame && namesOf(await siblingsOf(search.log, of.name)) === namesOf(siblings);
      } catch (error) {
        if (error instanceof RotatingError || error instanceof ReadError) return false;
        throw error;
      }
    },
  };
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
    await contents?.close();
    if (contents !== null && startsAs(contents.head, of.head)) return i;
  }
  return -1;
}

/**
 * A link may lead to another folder, in which the files are rotated. While they are being renamed, a listing may miss
 * one: what two of them agree on is taken.
 */
async function siblingsOf(log: string, name: string): Promise<Sibling[]> {
  const target = await realpath(log).catch(() => log);
  const folders = [dirname(log), dirname(target), dirname(name)];
  let siblings = await findSiblings(log, folders);
  for (let searches = 0; searches < MAX_SEARCHES; searches++) {
    const before = namesOf(siblings);
    siblings = await findSiblings(log, folders);
    if (namesOf(siblings) === before) return siblings;
  }
  throw new RotatingError();
}

function namesOf(siblings: readonly Sibling[]): string {
  return siblings
    .map(({ path, identity, size }) => `${path} ${identity} ${size > 0}`)
    .sort()
    .join('\n');
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
