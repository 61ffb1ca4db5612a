import type { LogLine } from '../../model/line.ts';
import type { Reject } from '../../model/reject.ts';
import { CHUNK_BYTES } from '../read-contents.ts';
import { ReadError } from '../source-fault.ts';
import { emptyLedger, type LineStart } from './chunk-lines.ts';
import { type Contents, fromStats, identityOf, openContents } from './contents.ts';
import type { FollowNotice, FollowNoticeCode, LiveFile } from './followed-file.ts';
import { foldersOf, locate, locateInLog, RotatingError, type Search, type Successors, successors } from './locate.ts';
import { openPart, type Part } from './part.ts';
import { type FilePosition, fingerprint, type PartPosition } from './position.ts';
import { positionAtEnd } from './position-at-end.ts';
import { isMissing } from './reach.ts';
import { lookAt } from './siblings.ts';

/*
 * The life of one followed log: which of its files is being read, which still linger, which is looked for, and what leads
 * from one of these to the next. Long, because all of it turns on the same few variables.
 */

/** Read by one call of `read`. */
const READ_BYTES = 1024 * 1024;
/** Rotated files that are kept open for a server's last lines. */
const MAX_EARLIER = 4;
/** For so long a search that rotation disturbs is repeated, and reading waits; then what it comes to is taken. */
const MAX_UNSURE_MS = 60_000;

export interface Waits {
  /** A rotated file that has not changed for so long is taken for complete, and reading goes on in the next one. */
  readonly settleMs: number;
  /** For so long after its last change a rotated file is kept open: requests that were running may still be logged. */
  readonly lingerMs: number;
  /** A file that has not changed for so long is closed until it does. */
  readonly idleMs: number;
}

/** Which log reads which file (`device:inode`), so that a file with several names is read once. */
export type Claims = Map<string, FollowedLog>;

export interface FollowedLogOptions {
  readonly source: string;
  /** Absolute. */
  readonly path: string;
  /** Folders for rotated files, as seen from that of the log, besides that one. */
  readonly rotatedTo: readonly string[];
  readonly maxLineBytes: number;
  readonly onReject: (reject: Reject) => void;
  readonly onNotice: (notice: FollowNotice) => void;
  readonly now: () => number;
  readonly waits: Waits;
  readonly claims: Claims;
}

export interface FollowedLog extends LiveFile {
  /** Opens the file that the position was taken of, so that no other log takes it for its own. */
  prepare(): Promise<void>;
}

/** A file that is open, and since when it has been seen unchanged. */
interface Held {
  readonly part: Part;
  stillSinceMs: number;
}

/** A position of which the file is not open. */
interface Wanted {
  readonly position: PartPosition;
  readonly earlier: readonly PartPosition[];
  /** It was read to its end as long as it could be: nothing is missing but what is known to be. */
  readonly watched: boolean;
  /** Closed because there was nothing to read, not because it was gone. */
  readonly asleep: boolean;
}

/** Follows the log from a position, or, if there is none, from the beginning of whatever bears its name. */
export function followedLog(options: FollowedLogOptions, position: FilePosition | null): FollowedLog {
  const { source, path, onNotice, now, waits, claims } = options;
  const ledger = emptyLedger();
  const partOptions = { source, maxLineBytes: options.maxLineBytes, onReject: options.onReject, ledger };
  /** Since when no search has come to an end; null while none is repeated. */
  let unsureSinceMs: number | null = null;
  const search: Search = {
    log: path,
    rotatedTo: options.rotatedTo,
    get isPatient() {
      return unsureSinceMs === null || now() - unsureSinceMs < MAX_UNSURE_MS;
    },
    onObstacle: (message) => notify('unreadable', message),
  };
  let current: Held | null = null;
  let earlier: Held[] = [];
  let wanted: Wanted | null = position && {
    position,
    earlier: position.earlier,
    watched: position.ended,
    asleep: position.ended,
  };
  let awake = true;
  let atEnd = false;
  /** What keeps the log from being read, as it was last told. */
  let trouble: string | null = null;
  /** Whether it still does. */
  let isTroubled = false;
  /** What the folders were like when a search for the next file found none. */
  let fruitless: string | null = null;
  /** Another log reads the file that bears the name: it is not read again when that one has moved on. */
  let othersIdentity: string | null = null;
  let onLine: (line: LogLine) => void = () => {};

  const self: FollowedLog = {
    source,
    ledger,
    ended: false,
    get position() {
      const main = current?.part.position ?? wanted?.position;
      const rotated = [...earlier.map(({ part }) => part.position), ...(wanted?.earlier ?? [])];
      return main === undefined ? null : { ...main, path, earlier: rotated };
    },
    get atEnd() {
      return atEnd;
    },
    get lagBytes() {
      const unopened = wanted === null ? 0 : unreadBytes(wanted.position);
      return held().reduce((sum, { part }) => sum + part.lagBytes, unopened);
    },
    async read(give) {
      if (!awake) return 0;
      const linesBefore = ledger.lines;
      onLine = give;
      awake = false;
      atEnd = true;
      await untilTrouble(async () => {
        atEnd = await readOn();
        awake = !atEnd;
      });
      return ledger.lines - linesBefore;
    },
    get awake() {
      return awake;
    },
    wake() {
      awake = true;
    },
    prepare: () =>
      untilTrouble(async () => {
        current = await open();
      }),
    async close() {
      for (const { part } of held()) await release(part.contents);
    },
  };
  return self;

  function held(): Held[] {
    return current === null ? earlier : [...earlier, current];
  }

  function notify(code: FollowNoticeCode, message: string, lostBytes = 0): void {
    onNotice({ source, code, message, lostBytes });
  }

  function complain(code: 'missing' | 'unreadable', message: string): void {
    if (message !== trouble) notify(code, message);
    trouble = message;
    isTroubled = true;
  }

  /** What the system refuses is told once, and tried again the next time. */
  async function untilTrouble(action: () => Promise<void>): Promise<void> {
    isTroubled = false;
    try {
      await action();
      unsureSinceMs = null;
    } catch (error) {
      if (error instanceof RotatingError) {
        // There may be more to read before whatever others have read: event time must not go on without it.
        atEnd = false;
        unsureSinceMs = Math.min(unsureSinceMs ?? now(), now()); // The clock may have been set back.
        return;
      }
      unsureSinceMs = null;
      if (!(error instanceof ReadError)) throw error;
      complain('unreadable', error.message);
    }
    if (trouble === null || isTroubled || current === null) return;
    trouble = null;
    notify('back', `${path} can be read`);
  }

  /** Whether all that is there has been read. */
  async function readOn(): Promise<boolean> {
    for (const it of [...earlier]) await drain(it);
    for (let bytes = 0; bytes < READ_BYTES; ) {
      current ??= await open();
      if (current === null) return true;
      const state = await current.part.read(onLine);
      if (state === 'more') {
        bytes += CHUNK_BYTES;
        current.stillSinceMs = now();
      } else if (state === 'replaced') {
        await putAside(current, false);
      } else {
        const next = await openNext(current);
        if (next === null) return true;
        current = next;
      }
    }
    return false;
  }

  /** Reads what a server still wrote into a rotated file, until that is over. */
  async function drain(it: Held): Promise<void> {
    const { part } = it;
    let state = await part.read(onLine);
    for (; state === 'more'; state = await part.read(onLine)) it.stillSinceMs = now();
    if (state === 'end' && part.contents.format === 'plain' && !isStill(it, waits.lingerMs)) return;
    earlier = earlier.filter((other) => other !== it);
    if (state === 'end') await finish(it);
    else await release(part.contents);
    if (state === 'replaced') noteLoss(part.position);
  }

  /** Nothing more is expected of it. */
  async function finish({ part }: Held): Promise<void> {
    const { contents } = part;
    part.finish(onLine);
    if (contents.fault !== null) notify('bad-archive', `${contents.name}: ${contents.fault.message}`);
    await release(contents);
  }

  /** Opens what is to be read; null if it is not there (yet). */
  async function open(): Promise<Held | null> {
    if (wanted === null) return openLog();
    const { position: at, watched, asleep } = wanted;
    if (asleep && (await isUnchanged(at))) return null;
    if (at.ended) {
      wanted = null;
      return openLog();
    }
    const folders = await describeFolders(at.name);
    if (folders === fruitless) return null;
    unclaim(identityOf(at));
    for (const it of wanted.earlier) {
      const contents = await locate(it, search);
      wanted = { ...wanted, earlier: wanted.earlier.filter((other) => other !== it) };
      if (contents === null) noteLoss(it);
      else if (claim(contents)) earlier.push(hold(contents, it));
      else await contents.close();
    }
    const found = await reopen(at);
    if (found !== null) {
      wanted = null;
      return found;
    }
    if (wanted === null) return null;
    const { name, head, modifiedMs } = at;
    const next = await openFirst(await successors({ name, identity: null, head, modifiedMs }, search));
    if (next === null) {
      if ((await lookAt(path)) === null) complain('missing', `${path} is missing`);
      fruitless = folders;
      return null;
    }
    wanted = null;
    if (!noteLoss(at) && head.bytes > 0) {
      if (watched) notify('truncated', `${path} was emptied or written anew; all that was known of it had been read`);
      else noteGone(at);
    }
    return next;
  }

  /** Begins with what bears the name. Of an empty file nothing can be told later but that it was empty then. */
  async function openLog(): Promise<Held | null> {
    const opened = await openFresh(path, null);
    if (opened !== null) return opened;
    const position = await positionAtEnd(path, options.maxLineBytes);
    if (position === null) complain('missing', `${path} is missing`);
    else if (position.head.bytes === 0) wanted = { position, earlier: [], watched: true, asleep: false };
    return null;
  }

  async function reopen(at: PartPosition): Promise<Held | null> {
    const contents = await locate(at, search);
    if (contents === null) return null;
    if (!claim(contents)) {
      othersIdentity = identityOf(contents);
      wanted = null;
      await contents.close();
      return null;
    }
    if (contents.name !== at.name) notify('moved', `${path} is read on in ${contents.name}`);
    return hold(contents, at);
  }

  /** Goes on to the next file when this one has been rotated; null as long as it has not. */
  async function openNext(it: Held): Promise<Held | null> {
    const { part } = it;
    const { contents } = part;
    const identity = identityOf(contents);
    const isPlain = contents.format === 'plain';
    const log = await lookAt(path);
    if (log !== null && identityOf(fromStats(log)) === identity) {
      if (!isPlain) await finish(it);
      if (!isPlain || isStill(it, waits.idleMs)) await putAside(it, true);
      return null;
    }
    if (isPlain && !isStill(it, waits.settleMs)) return null;
    const folders = await describeFolders(contents.name);
    if (folders !== fruitless) {
      const { name, modifiedMs } = contents;
      const head = fingerprint(contents.head);
      const found = await successors({ name, identity, head, modifiedMs }, search);
      const same = isPlain && !found.isRotated ? await locateInLog(part.position, search) : null;
      if (same !== null) return swap(it, same);
      const next = await openFirst(found);
      if (next !== null) {
        notify('rotated', `${path} was rotated; reading goes on in ${next.part.contents.name}`);
        if (isPlain) earlier.push(it);
        else await finish(it);
        const [oldest] = earlier;
        if (oldest !== undefined && earlier.length > MAX_EARLIER) {
          earlier = earlier.slice(1);
          await finish(oldest);
        }
        return next;
      }
      fruitless = folders;
    }
    if (log === null) {
      complain('missing', `${path} is missing`);
      // As long as it is open, a deleted file takes up its place on the disk.
      if (isStill(it, waits.lingerMs)) await putAside(it, true);
    }
    return null;
  }

  /** The same content has come under the log's name with another inode: it was restored, or the system gives new ones. */
  async function swap(it: Held, same: Contents): Promise<Held | null> {
    if (!claim(same)) {
      await same.close();
      return null;
    }
    await release(it.part.contents);
    return hold(same, it.part.position);
  }

  /** The first that can be read; those before it are lost. */
  async function openFirst(found: Successors): Promise<Held | null> {
    const unreadable: ReadError[] = [];
    for (const it of found.files) {
      const opened = await openFresh(it.path, it.identity).catch((error: unknown) => {
        if (it.path === path || !(error instanceof ReadError)) throw error;
        unreadable.push(error);
        return null;
      });
      if (opened === null) continue;
      if (!(await found.holds())) {
        await release(opened.part.contents);
        throw new RotatingError();
      }
      ledger.losses += unreadable.length;
      for (const { message } of unreadable) notify('lost', `a rotated file of ${path} was passed over: ${message}`);
      return opened;
    }
    return null;
  }

  /**
   * Null for what is not there, holds nothing or is read by another log.
   *
   * @throws RotatingError if the file is not what was listed
   */
  async function openFresh(target: string, listed: string | null): Promise<Held | null> {
    const contents = await openContents(target).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    const identity = contents && identityOf(contents);
    const isOther = identity !== listed || (contents?.format === 'plain' && contents.head.length === 0);
    if (listed !== null && isOther) {
      await contents?.close();
      throw new RotatingError();
    }
    if (contents === null) return null;
    const isFree = contents.head.length > 0 && identity !== othersIdentity && claim(contents);
    if (!isFree) {
      if (target === path && contents.head.length > 0) othersIdentity = identity;
      await contents.close();
      return null;
    }
    othersIdentity = null;
    fruitless = null;
    return hold(contents, { offset: 0, lines: 0 });
  }

  function hold(contents: Contents, at: LineStart): Held {
    return { part: openPart(contents, at, partOptions), stillSinceMs: now() };
  }

  /** Closes the current file; its position is looked for again when there may be more. */
  async function putAside(it: Held, asleep: boolean): Promise<void> {
    const { part } = it;
    wanted = { position: part.position, earlier: [], watched: true, asleep };
    current = null;
    fruitless = null;
    if (asleep) await part.contents.close();
    else await release(part.contents);
  }

  function isStill(it: Held, ms: number): boolean {
    const nowMs = now();
    it.stillSinceMs = Math.min(it.stillSinceMs, nowMs); // The clock may have been set back.
    return nowMs - Math.min(it.part.contents.modifiedMs, it.stillSinceMs) >= ms;
  }

  async function isUnchanged(at: PartPosition): Promise<boolean> {
    const stats = await lookAt(path);
    if (stats === null) return false;
    const isSame = identityOf(fromStats(stats)) === identityOf(at);
    return isSame && Number(stats.size) === at.size && Number(stats.mtimeMs) === at.modifiedMs;
  }

  /** Changes when files come, go or are renamed where the log and its rotated files are. */
  async function describeFolders(name: string): Promise<string> {
    const [log, ...folders] = await Promise.all([path, ...(await foldersOf(search, name))].map(lookAt));
    const file = log && `${identityOf(fromStats(log))} ${log.size > 0n}`;
    return [file, ...folders.map((folder) => folder?.mtimeNs)].join(' ');
  }

  /** Whether bytes known to be unread are gone. */
  function noteLoss(at: PartPosition): boolean {
    const bytes = unreadBytes(at);
    if (bytes > 0) noteGone(at);
    return bytes > 0;
  }

  function noteGone(at: PartPosition): void {
    const bytes = unreadBytes(at);
    ledger.losses++;
    ledger.lostBytes += bytes;
    notify(
      'lost',
      `the rest of ${at.name} after byte ${at.offset} cannot be found: at least ${bytes} bytes lost`,
      bytes,
    );
  }

  function claim(contents: Contents): boolean {
    const identity = identityOf(contents);
    const owner = claims.get(identity);
    if (owner === undefined) claims.set(identity, self);
    return owner === undefined || owner === self;
  }

  function unclaim(identity: string): void {
    if (claims.get(identity) === self) claims.delete(identity);
  }

  async function release(contents: Contents): Promise<void> {
    unclaim(identityOf(contents));
    await contents.close();
  }
}

function unreadBytes({ format, size, offset }: PartPosition): number {
  return format === 'plain' ? Math.max(0, size - offset) : 0;
}
