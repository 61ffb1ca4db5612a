import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { promisify } from 'node:util';

/** A server in a process group of its own. */
export interface Served {
  readonly port: number;
  goDown(): Promise<void>;
  /** Starts it again where it was. */
  comeUp(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

export interface ServeOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the server says goes there. */
  readonly log: string;
}

const START_MS = 120_000;

/** Runs a program to its end. Rejects with what it printed. */
export async function run(file: string, args: readonly string[], options: Omit<ServeOptions, 'log'>): Promise<void> {
  await promisify(execFile)(file, args, { ...options, env: { ...process.env, ...options.env }, maxBuffer: 2 ** 26 });
}

/** A port of 127.0.0.1 that was free a moment ago. */
export function findPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Starts a server and waits until it answers. */
export async function serve(
  file: string,
  args: readonly string[],
  port: number,
  options: ServeOptions,
): Promise<Served> {
  let stop = await start(file, args, port, options);
  return {
    port,
    goDown: () => stop(),
    async comeUp() {
      stop = await start(file, args, port, options);
    },
    stop: () => stop(),
  };
}

/** Answers with how to end it. */
async function start(
  file: string,
  args: readonly string[],
  port: number,
  options: ServeOptions,
): Promise<() => Promise<void>> {
  const log = openSync(options.log, 'a');
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    endGroup(child, 'SIGTERM');
    const timer = setTimeout(() => endGroup(child, 'SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  };
  for (const until = Date.now() + START_MS; ; ) {
    const answered = await fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' }).then(
      (answer) => answer.status < 500,
      () => false,
    );
    if (answered) return stop;
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error(`${file} did not come up:\n${await readFile(options.log, 'utf8')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** The workers of a server are in its group. */
function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, signal);
}
