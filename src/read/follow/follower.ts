import { basename, dirname, join, matchesGlob, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Reject } from '../../model/reject.ts';
import { expand } from '../find-sources.ts';
import type { FollowedFile, FollowNotice, LiveFile } from './followed-file.ts';
import { type Claims, type FollowedLog, followedLog } from './followed-log.ts';
import { type NoticeMode, type Noticer, noticer } from './noticer.ts';
import { followedStdin } from './piped.ts';
import type { FilePosition } from './position.ts';
import { positionAtEnd } from './position-at-end.ts';
import { logsOf } from './siblings.ts';

const MAGIC = /[*?[{]|[!+@]\(/;
/** Looking for new files may take a twentieth of the time. */
const SCAN_SHARE = 20;
/** What changes is left to change for so long, lest every line of a busy log is read on its own. */
const GATHER_MS = 50;

/** Folders to which rotated files usually go, as seen from that of the log, besides that one. */
const USUAL_FOLDERS = ['old', 'archive', 'rotated'];

/** The outside world's time, passed in. */
export interface FollowClock {
  /** Epoch milliseconds. */
  now(): number;
  /** May reject once the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface FollowOptions {
  /** Paths, globs and `-` for standard input. Rotated files of a followed log that a glob matches belong to that log. */
  readonly patterns: readonly string[];
  /** As stored; those of files that no pattern means are left alone. */
  readonly positions: readonly FilePosition[];
  /**
   * Further folders to which rotated files go, absolute or as seen from the folder of a log. Besides that folder itself
   * `old`, `archive` and `rotated` in it are looked into anyway.
   */
  readonly rotatedTo?: readonly string[];
  /** Where to begin in a file that is there at the opening and has no position. Whatever comes later is read whole. */
  readonly existing: 'start' | 'end';
  readonly maxLineBytes: number;
  readonly onReject: (reject: Reject) => void;
  readonly onNotice: (notice: FollowNotice) => void;
  readonly clock: FollowClock;
  /** Default: the standard input of the process. */
  readonly stdin?: Readable;
  /** All files are looked at so often, and new ones looked for, whatever is noticed in between. Default: 1 s. */
  readonly pollMs?: number;
  /** How change is noticed in between. Default: by events of the system. */
  readonly notice?: NoticeMode;
  /** A rotated file that has not changed for so long is taken for complete: the next one is begun. Default: 2 s. */
  readonly settleMs?: number;
  /** For so long after its last change it is read on nevertheless, for requests that were running. Default: 5 min. */
  readonly lingerMs?: number;
  /** A file that has not changed for so long is closed until it does. Default: 10 min. */
  readonly idleMs?: number;
}

export interface Follower {
  /** In the order in which they were found; grows as globs match new ones. */
  readonly files: readonly FollowedFile[];
  /** Resolves when a file may have more, a new file has appeared, `waitMs` have passed or the signal aborts. */
  changed(waitMs: number, signal?: AbortSignal): Promise<void>;
  /** Closes all files. */
  close(): Promise<void>;
}

/**
 * Follows logs through their rotations. Nothing is read but by `read` of a file. Files whose position is known are
 * opened first; what is wrong with a file is told by `onNotice`, never thrown.
 */
export async function openFollower(options: FollowOptions): Promise<Follower> {
  const { patterns, existing, clock, maxLineBytes, onReject, onNotice } = options;
  const { pollMs = 1000, notice = 'events', settleMs = 2000, lingerMs = 300_000, idleMs = 600_000 } = options;
  const rotatedTo = [...USUAL_FOLDERS, ...(options.rotatedTo ?? [])];
  const claims: Claims = new Map();
  const logs = new Map<string, FollowedLog>();
  const files: LiveFile[] = [];
  const noticers = new Map<FollowedLog, Noticer>();
  /** Resolves when something may have changed, with the time to wait for more. */
  let pulse = Promise.withResolvers<number>();
  let polledMs = clock.now();
  let nextPollMs = polledMs + pollMs;

  if (patterns.includes('-')) {
    const { stdin = process.stdin } = options;
    files.push(followedStdin({ stdin, maxLineBytes, onReject, onNotice, onChange: () => pulse.resolve(0) }));
  }
  const globs = patterns.filter((pattern) => pattern !== '-');
  for (const position of options.positions) {
    const source = globs.map((pattern) => sourceOf(position.path, pattern)).find((name) => name !== null);
    if (source !== undefined && source !== null) add(source, position.path, position);
  }
  for (const log of logs.values()) await log.prepare();
  for (const { source, path } of await findNew()) {
    const position = existing === 'end' ? await positionAtEnd(path, maxLineBytes) : null;
    await add(source, path, position).prepare();
  }
  for (const file of files) file.wake();

  return {
    files,
    async changed(waitMs, signal) {
      if (!files.some(({ awake }) => awake) && !armAll())
        await rest(Math.min(waitMs, nextPollMs - clock.now()), signal);
      pulse = Promise.withResolvers();
      const now = clock.now();
      if (now >= nextPollMs || now < polledMs) await poll(); // The clock may have been set back.
    },
    async close() {
      for (const it of noticers.values()) it.disarm();
      for (const file of files) await file.close();
    },
  };

  function add(source: string, path: string, position: FilePosition | null): FollowedLog {
    const waits = { settleMs, lingerMs, idleMs };
    const log = followedLog(
      { source, path, rotatedTo, maxLineBytes, onReject, onNotice, now: () => clock.now(), waits, claims },
      position,
    );
    const onChange = () => {
      log.wake();
      pulse.resolve(GATHER_MS);
    };
    const onTrouble = (reason: string) => {
      const message = `${path} is not watched, but looked at every ${pollMs} ms: ${reason}`;
      onNotice({ source, code: 'not-watched', message, lostBytes: 0 });
    };
    noticers.set(log, noticer(path, notice, onChange, onTrouble));
    logs.set(path, log);
    files.push(log);
    return log;
  }

  /** Whether something may have changed before it was noticed. */
  function armAll(): boolean {
    let isAny = false;
    for (const [log, it] of noticers) {
      if (!it.arm()) continue;
      log.wake();
      isAny = true;
    }
    return isAny;
  }

  /** Files of the patterns that are not followed yet; those named without a glob need not be there. */
  async function findNew(): Promise<{ source: string; path: string }[]> {
    const found = new Map<string, string>();
    for (const pattern of globs) {
      const sources = MAGIC.test(pattern) ? (await expand(pattern)).map(({ source }) => source.name) : [pattern];
      for (const source of sources) if (!found.has(resolve(source))) found.set(resolve(source), source);
    }
    const known = new Set([...logs.keys(), ...found.keys()].flatMap(placesOf));
    return [...found]
      .filter(([path]) => !logs.has(path) && !logsOf(path).some((log) => known.has(log)))
      .map(([path, source]) => ({ source, path }));
  }

  /** Where the log is, and where it would be if it was among its rotated files. */
  function placesOf(path: string): string[] {
    return ['.', ...rotatedTo].map((to) => join(resolve(dirname(path), to), basename(path)));
  }

  async function poll(): Promise<void> {
    polledMs = clock.now();
    for (const { source, path } of await findNew()) add(source, path, null);
    for (const file of files) file.wake();
    nextPollMs = polledMs + Math.max(pollMs, SCAN_SHARE * (clock.now() - polledMs));
  }

  async function rest(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const woken = new AbortController();
    const signals = signal === undefined ? [woken.signal] : [woken.signal, signal];
    const sleep = (forMs: number) =>
      clock.sleep(Math.max(0, forMs), AbortSignal.any(signals)).catch((error: unknown) => {
        if (!signals.some(({ aborted }) => aborted)) throw error;
      });
    const sleeping = sleep(ms).then(() => 0);
    const gatherMs = await Promise.race([sleeping, pulse.promise]);
    if (gatherMs > 0) await sleep(Math.min(ms, gatherMs));
    woken.abort();
    await sleeping;
  }
}

/** Null if the pattern does not mean the path; else the name under which it does. */
function sourceOf(path: string, pattern: string): string | null {
  if (resolve(pattern) === path) return pattern;
  return MAGIC.test(pattern) && matchesGlob(path, resolve(pattern)) ? path : null;
}
