import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { LogLine } from '../../../src/model/line.ts';
import type { Reject } from '../../../src/model/reject.ts';
import {
  type FilePosition,
  type Follower,
  type FollowNotice,
  type FollowOptions,
  openFollower,
} from '../../../src/read/read.ts';

export const SETTLE_MS = 2000;
export const LINGER_MS = 300_000;
export const IDLE_MS = 600_000;

/** A folder with logs in it, and a reader that is stopped and started again as one that is killed would be. */
export class Bench {
  readonly folder: string;
  /** How far the clock is ahead of the machine's: waiting takes no time. */
  aheadMs = 0;
  readonly lines: LogLine[] = [];
  readonly rejects: Reject[] = [];
  readonly notices: FollowNotice[] = [];
  private follower: Follower | null = null;
  private stored: readonly FilePosition[] = [];
  private storedLines = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  append(name: string, text: string): Promise<void> {
    return appendFile(this.path(name), text, 'latin1');
  }

  /** What logrotate's copytruncate does. */
  async copyTruncate(from: string, to: string): Promise<void> {
    await writeFile(this.path(to), await readFile(this.path(from)));
    await truncate(this.path(from));
  }

  /** Compresses as gzip and zstd do: a new file, then the old one is deleted. */
  async compress(name: string, ending: 'gz' | 'zst' = 'gz'): Promise<void> {
    const content = await readFile(this.path(name));
    await writeFile(this.path(`${name}.${ending}`), ending === 'gz' ? gzipSync(content) : zstdCompressSync(content));
    await rm(this.path(name));
  }

  async start(options: Partial<FollowOptions> = {}): Promise<Follower> {
    this.follower = await openFollower({
      patterns: [this.path('access.log')],
      positions: this.stored,
      existing: 'start',
      maxLineBytes: 1000,
      onReject: (reject) => this.rejects.push(reject),
      onNotice: (notice) => this.notices.push(notice),
      clock: {
        now: () => Date.now() + this.aheadMs,
        sleep: async (ms) => {
          this.aheadMs += ms;
        },
      },
      settleMs: SETTLE_MS,
      lingerMs: LINGER_MS,
      idleMs: IDLE_MS,
      ...options,
    });
    return this.follower;
  }

  get isRunning(): boolean {
    return this.follower !== null;
  }

  get running(): Follower {
    if (this.follower === null) throw new Error('not started');
    return this.follower;
  }

  /** Stores the positions as JSON, as the state does. */
  store(): readonly FilePosition[] {
    const positions = this.running.files.map(({ position }) => position).filter((it) => it !== null);
    this.stored = JSON.parse(JSON.stringify(positions));
    this.storedLines = this.lines.length;
    return this.stored;
  }

  /** Reads until nothing has come for so many seconds; gives the texts of the new lines. */
  async read(seconds = 4): Promise<string[]> {
    const before = this.lines.length;
    for (let still = 0; still <= seconds; still++) {
      if (await this.readOnce()) still = 0;
      await this.running.changed(1000);
    }
    return this.lines.slice(before).map(({ text }) => text);
  }

  /** Reads all files as far as they go now; whether there was anything. */
  async readOnce(): Promise<boolean> {
    const before = this.lines.length;
    for (const file of this.running.files) {
      let count: number;
      do count = await file.read((line) => this.lines.push(line));
      while (count > 0 && !file.atEnd);
    }
    return this.lines.length > before;
  }

  /** As if it was killed right after its positions were stored. */
  async stop(): Promise<void> {
    this.store();
    await this.running.close();
    this.follower = null;
  }

  /** As if it was killed now: what it has read since its positions were stored is gone with it. */
  async kill(): Promise<void> {
    this.lines.length = this.storedLines;
    await this.running.close();
    this.follower = null;
  }

  /** Reads what there is in a life of its own. */
  async readAndStop(options: Partial<FollowOptions> = {}): Promise<string[]> {
    await this.start(options);
    const texts = await this.read();
    await this.stop();
    return texts;
  }

  /** Codes of the notices since it was last asked. */
  codes(): string[] {
    return this.notices.splice(0).map(({ code }) => code);
  }
}

export async function onBench(use: (bench: Bench) => Promise<void>): Promise<void> {
  const bench = new Bench(await mkdtemp(join(tmpdir(), 'sightline-follow-')));
  try {
    await use(bench);
  } finally {
    if (bench.isRunning) await bench.running.close();
    await rm(bench.folder, { recursive: true, force: true });
  }
}
