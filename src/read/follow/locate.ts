import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ReadError } from '../source-fault.ts';
import { type Contents, fromStats, identityOf, openContents } from './contents.ts';
import { type Fingerprint, type PartPosition, startsAs } from './position.ts';
import { isMissing } from './reach.ts';
import { byAge, findSiblings, lookAt, type Sibling } from './siblings.ts';

/** A rotation may rename what was just listed; the search then starts again. */
const MAX_SEARCHES = 5;
/** Files that are opened to look at what they hold: the newest that hold anything. */
const MAX_OPENED = 1000;

/** Files were renamed or written while they were looked for: to be tried again. */
export class RotatingError extends Error {}

export interface Search {
  /** Absolute path of the log. */
  readonly log: string;
  /** Where its rotated files may go besides; as seen from the folder of the log. */
  readonly rotatedTo: readonly string[];
  /** As long as it is, what the search came to counts only if nothing changed meanwhile. */
  readonly isPatient: boolean;
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
    const siblings = await siblingsOf(search, wanted.name);
    const filled = siblings.filter(({ size }) => size > 0);
    const same = filled.filter(({ identity }) => identity === identityOf(wanted)).map(({ path }) => path);
    const others = filled.slice(0, MAX_OPENED).map(({ path }) => path);
    const paths = new Set([...same, search.log, wanted.name, ...others]);
    const tried = new Set<string>();
    for (const path of paths) {
      const contents = await tryOpen(path, search);
      if (contents === null) continue;
      const identity = identityOf(contents);
      if (!tried.has(identity) && (await holds(contents, wanted))) return contents;
      tried.add(identity);
      await contents.close();
    }
    if (describe(await siblingsOf(search, wanted.name)) === describe(siblings)) return null;
  }
  return unlessPatient(search, null);
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
  const siblings = await siblingsOf(search, of.name);
  const rotated = siblings.filter(({ mark, identity }) => mark !== null && identity !== logIdentity);
  const own = new Set(await ownFolders(search.log));
  const [here, elsewhere] = partition(rotated, ({ path }) => own.has(dirname(path)));
  const itself = (await findAmong(here, of, search)) ?? (await findAmong(elsewhere, of, search));
  const newer = rotatedAfter(itself, of, here, elsewhere);
  // While a file is being compressed, it is there twice.
  const met = new Set(itself === null ? [] : [placeOf(itself)]);
  const files: Successor[] = [];
  for (const it of newer) {
    if (it.size > 0 && !met.has(placeOf(it))) files.push({ path: it.path, identity: it.identity });
    met.add(placeOf(it));
  }
  if (log !== null && log.size > 0n && logIdentity !== of.identity) {
    files.push({ path: search.log, identity: identityOf(fromStats(log)) });
  }
  return {
    files,
    isRotated: itself !== null,
    async holds() {
      if (!search.isPatient) return true;
      try {
        const now = await lookAt(search.log);
        const isSame = (now && identityOf(fromStats(now))) === logIdentity;
        return isSame && namesOf(await siblingsOf(search, of.name)) === namesOf(siblings);
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

/**
 * Names tell the order within a folder. What is moved elsewhere is older than what is still beside the log, and may lie
 * there as a copy.
 */
function rotatedAfter(
  itself: Sibling | null,
  of: Predecessor,
  here: readonly Sibling[],
  elsewhere: readonly Sibling[],
): Sibling[] {
  if (itself === null) return byAge([...here, ...elsewhere]).filter((it) => isNewer(it, of));
  if (here.includes(itself)) return here.slice(here.indexOf(itself) + 1);
  const beside = elsewhere.filter(({ path }) => dirname(path) === dirname(itself.path));
  return [...beside.slice(beside.indexOf(itself) + 1), ...here.filter((it) => isNewer(it, of))];
}

function partition(siblings: readonly Sibling[], isFirst: (sibling: Sibling) => boolean): [Sibling[], Sibling[]] {
  return [byAge(siblings.filter(isFirst)), byAge(siblings.filter((it) => !isFirst(it)))];
}

function placeOf({ path, mark }: Sibling): string {
  return `${dirname(path)} ${mark}`;
}

async function findAmong(rotated: readonly Sibling[], of: Predecessor, search: Search): Promise<Sibling | null> {
  const itself = rotated.find(({ identity }) => identity === of.identity);
  if (itself !== undefined || of.head.bytes === 0) return itself ?? null;
  const filled = rotated.filter(({ size }) => size > 0).slice(-MAX_OPENED);
  for (const it of filled.reverse()) {
    const contents = await tryOpen(it.path, search);
    await contents?.close();
    if (contents !== null && startsAs(contents.head, of.head)) return it;
  }
  return null;
}

/**
 * Where the files of a log may be. A link may lead to another folder, in which they are rotated; the name is one that a
 * file had.
 */
export async function foldersOf(
  { log, rotatedTo }: Pick<Search, 'log' | 'rotatedTo'>,
  name: string,
): Promise<string[]> {
  const own = await ownFolders(log);
  const besides = own.flatMap((folder) => rotatedTo.map((to) => resolve(folder, to)));
  return [...new Set([...own, dirname(name), ...besides])];
}

async function ownFolders(log: string): Promise<string[]> {
  const target = await realpath(log).catch(() => log);
  return [dirname(log), dirname(target)];
}

/** While files are being renamed, a listing may miss one: what two of them agree on is taken. */
async function siblingsOf(search: Search, name: string): Promise<Sibling[]> {
  const folders = await foldersOf(search, name);
  let siblings = await findSiblings(search.log, folders);
  for (let searches = 0; searches < MAX_SEARCHES; searches++) {
    const before = namesOf(siblings);
    siblings = await findSiblings(search.log, folders);
    if (namesOf(siblings) === before) return siblings;
  }
  return unlessPatient(search, siblings);
}

function unlessPatient<T>({ isPatient }: Search, result: T): T {
  if (isPatient) throw new RotatingError();
  return result;
}

function namesOf(siblings: readonly Sibling[]): string {
  return siblings
    .map(({ path, identity, size }) => `${path} ${identity} ${size > 0}`)
    .sort()
    .join('\n');
}

/** The same with what rotation leaves unchanged once it is over: a file may have been listed before it was whole. */
function describe(siblings: readonly Sibling[]): string {
  const rotated = siblings.filter(({ mark }) => mark !== null);
  const states = rotated.map(({ path, size, modifiedMs }) => `${path} ${size} ${modifiedMs}`).sort();
  return [namesOf(siblings), ...states].join('\n');
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
