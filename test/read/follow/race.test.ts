import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { onBench } from './helpers.ts';

const WRITER = join(import.meta.dirname, 'race-writer.ts');
const OPTIONS = {
  clock: {
    now: () => Date.now(),
    sleep: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }),
  },
  pollMs: 50,
  settleMs: 40,
};

it('every line is given once, in order, while another process writes and rotates and the reader comes and goes', () =>
  onBench(async (bench) => {
    await bench.append('access.log', '');
    const writer = spawn(process.execPath, [WRITER, bench.folder, '3000'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let written: number | null = null;
    const counted = text(writer.stdout).then((lines) => {
      written = Number(lines);
    });
    while (written === null || bench.lines.length < written) {
      await bench.start(OPTIONS);
      for (let rounds = 0; rounds < 7; rounds++) {
        await bench.readOnce();
        if (rounds === 3) bench.store();
        await bench.running.changed(50);
      }
      await (bench.lines.length % 2 === 0 ? bench.stop() : bench.kill());
      expect(bench.lines.length).toBeLessThanOrEqual(written ?? Number.POSITIVE_INFINITY);
    }
    await counted;
    const numbers = bench.lines.map((line) => Number(line.text.split(' ')[0]));
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => i));
    expect(bench.codes()).not.toContain('lost');
  }));
