import { setTimeout as sleep } from 'node:timers/promises';
import { makeLog } from '../../bench/make-log.ts';
import { LiveWorld, randomOf, storedIn } from './live-world.ts';

export interface CrashPlan {
  readonly seed: number;
  readonly kills: number;
  readonly lines: number;
  /** How long a process lives before it is killed, ms: every other time it has no time to deliver anything. */
  readonly lifeMs: readonly [number, number];
  readonly rotations: readonly ((world: LiveWorld) => void)[];
}

export interface CrashResult {
  readonly live: ReadonlyMap<string, string>;
  readonly batch: ReadonlyMap<string, string>;
  readonly kills: number;
  readonly rotations: number;
}

const MAX_BEHIND_BYTES = 300_000;

/**
 * Kills a process that follows a log, again and again, while the log is written and rotated, and lets the last one finish;
 * then reads the same lines by `batch`.
 */
export async function crashRun({ seed, kills, lines, lifeMs, rotations }: CrashPlan): Promise<CrashResult> {
  const random = randomOf(seed);
  const text = [...makeLog({ lines, seed, attackShare: 0.02, addresses: 400, stepMs: 2000 })].join('');
  const all = text.split('\n').slice(0, -1);
  const chunkLines = Math.ceil(all.length / (kills * 3));
  const chunks = Array.from({ length: kills * 3 }, (_, i) => all.slice(i * chunkLines, (i + 1) * chunkLines))
    .filter((chunk) => chunk.length > 0)
    .map((chunk) => `${chunk.join('\n')}\n`);
  const world = await LiveWorld.open();
  let rotated = 0;
  // On a slow machine a process may be killed many times before it has read anything: nobody keeps so many rotated files.
  const rotate = (share: number) => {
    if (random() >= share || world.left().bytes > MAX_BEHIND_BYTES) return;
    rotations[Math.floor(random() * rotations.length)]?.(world);
    rotated++;
  };
  /** Half a line at the end, now and then, for a while. */
  const writeOn = async () => {
    const chunk = chunks.shift();
    if (chunk === undefined) return;
    const cut = Math.floor(random() * chunk.length);
    world.write(chunk.slice(0, cut));
    await sleep(random() * 40);
    world.write(chunk.slice(cut));
  };
  try {
    await writeOn();
    world.start();
    await world.settle(60_000);
    await world.end('SIGKILL');
    for (let kill = 1; kill < kills; kill++) {
      world.start();
      const end = Date.now() + (random() < 0.5 ? random() * lifeMs[0] : lifeMs[0] + random() * (lifeMs[1] - lifeMs[0]));
      while (Date.now() < end) {
        if (random() < 0.3) await writeOn();
        rotate(0.05);
        await sleep(50);
      }
      await world.end('SIGKILL');
      rotate(0.4);
    }
    world.start();
    while (chunks.length > 0) await writeOn();
    // Event time goes on, so that everything before is over.
    world.write(`192.0.2.1 - - [09/Oct/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n`);
    await world.settle(120_000);
    const code = await world.end('SIGTERM');
    if (code !== 0) throw new Error(`exit ${code}: ${world.stderr}`);
    const other = await world.batch();
    const result = { live: storedIn(world.sandbox), batch: storedIn(other), kills, rotations: rotated };
    await other.close();
    return result;
  } finally {
    await world.close();
  }
}
