import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from './run-cli.ts';

export interface TailOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

const PATIENCE_MS = 20_000;

/** `sightline tail` in a process of its own, with what it says. */
export class TailProcess {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], { cwd, env = {} }: TailOptions) {
    this.child = spawn(process.execPath, [join(ROOT, 'dist', 'cli.js'), 'tail', ...args], {
      cwd,
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...env },
    });
    this.child.stdout?.on('data', (text: Buffer) => {
      this.stdout += text.toString();
    });
    this.child.stderr?.on('data', (text: Buffer) => {
      this.stderr += text.toString();
    });
  }

  /** What it has logged so far, which is one JSON object a line. */
  logs(): Readonly<Record<string, unknown>>[] {
    return this.stderr
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Until something is so; fails when it has not become so for long, or never will. */
  async until(what: string, isSo: () => boolean | Promise<boolean>, patienceMs = PATIENCE_MS): Promise<void> {
    const deadline = Date.now() + patienceMs;
    while (!(await isSo())) {
      if (this.hasEnded || Date.now() > deadline) throw new Error(`${what} did not happen:\n${this.stderr}`);
      await sleep(50);
    }
  }

  said(message: string): Promise<void> {
    return this.until(`"${message}"`, () => this.stderr.includes(message));
  }

  /** Resolves when it is over. */
  async exit(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    if (!this.hasEnded) await once(this.child, 'close');
    return { code: this.child.exitCode, signal: this.child.signalCode };
  }

  /** @returns the exit code, null when the signal ended it */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return (await this.exit()).code;
  }
}
