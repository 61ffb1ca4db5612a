import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import type { ChildTask } from './crash-child.ts';

/** A process that syncs, and a state file that outlives it. */
export interface Victim {
  /** Lets it run until `isTime`, then kills it; it is given up to `patienceMs`. */
  runUntil(isTime: () => boolean, patienceMs?: number): Promise<void>;
  /** Lets it run until nothing is left to do. */
  finish(): Promise<void>;
}

export function victimOf(
  sandbox: Sandbox,
  system: ChildTask['system'],
  { secret = 'a-secret-of-sixteen', maxPerHour = 1000 }: Partial<Pick<ChildTask, 'secret' | 'maxPerHour'>> = {},
): Victim {
  const folder = scratchFolder('sightline-sync-');
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'sync.db');
  const epoch = Date.now();
  const start = (ends: boolean): ChildProcess => {
    const told = { path, system, secret, maxPerHour, epoch, ends };
    const task: ChildTask = { sandboxUrl: sandbox.url, ...sandbox.credentials, ...told };
    return spawn(process.execPath, [join(import.meta.dirname, 'crash-child.ts'), JSON.stringify(task)], {
      stdio: ['ignore', 'ignore', 'inherit'],
      // So that only the first one has to compile everything.
      env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
    });
  };
  return {
    async runUntil(isTime, patienceMs = 5_000) {
      const child = start(false);
      for (let waited = 0; waited < patienceMs && !isTime(); waited += 2) await sleep(2);
      child.kill('SIGKILL');
      await once(child, 'close');
    },
    async finish() {
      expect(await once(start(true), 'close')).toEqual([0, null]);
    },
  };
}
