import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { openSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { openState } from '../../src/state/state.ts';
import { ROOT, runCli } from './run-cli.ts';

/** Random numbers that a seed repeats: mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A log that is written, rotated in every way and followed by a process that may be killed, and a server beside it. */
export class LiveWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'sightline-live-'));
  readonly log = join(this.folder, 'access.log');
  readonly statePath = join(this.folder, 'state', 'sightline.db');
  readonly sandbox: Sandbox;
  /** Everything that was ever written, in order. */
  #written = '';
  #rotations = 0;
  #child: ChildProcess | null = null;
  #stderr = '';

  private constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  static async open(options: SandboxOptions = {}): Promise<LiveWorld> {
    return new LiveWorld(await openSandbox(options));
  }

  write(text: string): void {
    this.#written += text;
    appendFileSync(this.log, text);
  }

  get written(): string {
    return this.#written;
  }

  /** What the last process said. */
  get stderr(): string {
    return this.#stderr;
  }

  /** logrotate's way: the file moves on, a new one takes its name. */
  rotateByRename(): void {
    this.#shift();
    renameSync(this.log, `${this.log}.1`);
    writeFileSync(this.log, '');
  }

  /** logrotate with `compress`. */
  rotateToGzip(): void {
    this.#shift();
    writeFileSync(`${this.log}.1.gz`, gzipSync(readFileSync(this.log)));
    rmSync(this.log);
    writeFileSync(this.log, '');
  }

  /** logrotate with `copytruncate`; nobody writes in between here, what the kernel then loses is nobody's to find. */
  rotateByCopy(): void {
    this.#shift();
    copyFileSync(this.log, `${this.log}.1`);
    truncateSync(this.log);
  }

  /** The name leads elsewhere from now on. */
  rotateBySymlink(): void {
    this.#rotations++;
    const target = join(this.folder, `access-${String(this.#rotations).padStart(4, '0')}.log`);
    writeFileSync(target, '');
    if (existsSync(this.log)) this.#shiftAway();
    symlinkSync(target, this.log);
  }

  #shiftAway(): void {
    this.#shift();
    renameSync(this.log, `${this.log}.1`);
  }

  /** `.1` to `.2` and so on, archives alike. */
  #shift(): void {
    const numbered = readdirSync(this.folder)
      .map((name) => /^access\.log\.(\d+)(\.gz)?$/.exec(name))
      .filter((match) => match !== null)
      .sort((a, b) => Number(b[1]) - Number(a[1]));
    for (const [name, number, gz = ''] of numbered) {
      renameSync(join(this.folder, name), join(this.folder, `access.log.${Number(number) + 1}${gz}`));
    }
  }

  start(...args: string[]): void {
    const child = spawn(
      process.execPath,
      [join(ROOT, 'dist', 'cli.js'), 'tail', 'access.log', '--state', this.statePath, '--quiet', ...args],
      {
        cwd: this.folder,
        env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...this.sandbox.environment },
        stdio: ['ignore', 'inherit', 'pipe'],
      },
    );
    this.#stderr = '';
    child.stderr?.on('data', (text: Buffer) => {
      this.#stderr += text.toString();
    });
    this.#child = child;
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** @returns the exit code, null when the signal ended it */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === null) throw new Error('nothing runs');
    if (this.isRunning) {
      child.kill(signal);
      await once(child, 'exit');
    }
    this.#child = null;
    return child.exitCode;
  }

  /** Until everything written was read and everything composed was delivered. */
  async settle(timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const left = this.left();
      if (left.bytes === 0 && left.parcels === 0) return;
      if (Date.now() > deadline) {
        throw new Error(`after ${timeoutMs} ms there are left: ${JSON.stringify(left)}\n${this.#stderr}`);
      }
      if (!this.isRunning) throw new Error(`the process has ended: ${this.#stderr}`);
      await sleep(200);
    }
  }

  /** Bytes that no commit has accounted for, and bundles that wait. */
  left(): { bytes: number; parcels: number } {
    if (!existsSync(this.statePath)) return { bytes: Number.POSITIVE_INFINITY, parcels: 0 };
    const state = openState(this.statePath, { access: 'read' });
    try {
      const [row] = state.load().ledger;
      return {
        bytes: Buffer.byteLength(this.#written, 'latin1') - (row?.bytes ?? 0),
        parcels: state.outbox.counts().waiting.parcels + state.outbox.counts().parked.parcels,
      };
    } finally {
      state.close();
    }
  }

  /** The same lines as one file of the same name, through `batch`, into a sandbox of its own. */
  async batch(options: SandboxOptions = {}): Promise<Sandbox> {
    const sandbox = await openSandbox(options);
    const folder = mkdtempSync(join(tmpdir(), 'sightline-batch-'));
    const log = join(folder, 'access.log');
    writeFileSync(log, this.#written);
    const { code, stderr } = await runCli(['batch', 'access.log', '--quiet'], {
      cwd: folder,
      env: sandbox.environment,
    });
    if (code !== 0) throw new Error(stderr);
    rmSync(folder, { recursive: true });
    return sandbox;
  }

  async close(): Promise<void> {
    if (this.#child !== null) await this.end('SIGKILL');
    await this.sandbox.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a server decides by itself. */
const SERVERS_OWN = [
  'id',
  'created',
  'modified',
  'timestamp',
  'owner',
  'groups',
  'schema_version',
  'client_id',
  'meta',
];
/** Where a line was read depends on when its file was rotated: the line itself is what counts. */
const PLACES = new Set(['file', 'line', 'offset']);

/**
 * Everything that Sightline made, by external id, as JSON texts, without what the server decides: references are external
 * ids, and evidence is told by the lines and not by the file that they lay in at the time.
 */
export function storedIn(sandbox: Sandbox): Map<string, string> {
  const types = ['incident', 'sighting', 'indicator', 'relationship'] as const;
  const all = types.flatMap((type) => sandbox.entities(type));
  const names = new Map(all.map((entity) => [String(entity.id), xidOf(entity)]));
  const stored = new Map<string, string>();
  for (const entity of all) {
    const told = { ...entity };
    // How much fits into the text depends on how many digits the numbers of the quoted lines have.
    if (entity.type === 'incident') told.description = String(entity.description).split('## Rules')[0] ?? '';
    const own = Object.entries(told)
      .filter(([key]) => !SERVERS_OWN.includes(key))
      .map(([key, value]) => [key, key.endsWith('_ref') ? (names.get(String(value)) ?? value) : value] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const xid = xidOf(entity);
    if (stored.has(xid)) throw new Error(`${xid} is stored twice`);
    stored.set(xid, JSON.stringify(Object.fromEntries(own), withoutPlaces));
  }
  return stored;
}

function xidOf(entity: Readonly<Record<string, unknown>>): string {
  const [xid] = entity.external_ids as string[];
  return xid ?? '';
}

function withoutPlaces(key: string, value: unknown): unknown {
  if (key !== 'data' || typeof value !== 'object' || value === null) return value;
  const { columns, rows } = value as { columns: { name: string }[]; rows: unknown[][] };
  const kept = columns.map(({ name }) => !PLACES.has(name));
  return { columns: columns.filter((_, i) => kept[i]), rows: rows.map((row) => row.filter((_, i) => kept[i])) };
}
