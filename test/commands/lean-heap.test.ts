import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const MODULE = join(import.meta.dirname, '..', '..', 'src', 'commands', 'lean-heap.ts');

/** MiB of half the nursery of a process: at first, once bounded (or not), and after more was kept than any nursery holds. */
function nurseryOf({ bound }: { readonly bound: boolean }): number[] {
  const program = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { boundHeap } from ${JSON.stringify(MODULE)};
    const sizes = [];
    const measure = () => {
      const nursery = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
      sizes.push(Math.ceil((nursery.space_used_size + nursery.space_available_size) / 2 ** 20));
    };
    measure();
    if (${bound}) boundHeap();
    measure();
    const kept = [];
    for (let i = 0; i < 500_000; i++) kept.push({ i });
    measure();
    console.log(JSON.stringify(sizes));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' }));
}

it('makes the nursery grow to its size at once, and never beyond', () => {
  const [first = 0, bounded, last] = nurseryOf({ bound: true });
  expect(first).toBeLessThan(4);
  expect([bounded, last]).toEqual([4, 4]);
});

it('bounds what would grow beyond otherwise', () => {
  expect(nurseryOf({ bound: false })[2]).toBeGreaterThan(4);
});

it('gives threads that are started later as large a nursery from the beginning', () => {
  const program = `
    import { Worker } from 'node:worker_threads';
    import { boundHeap } from ${JSON.stringify(MODULE)};
    const inside = \`
      import { getHeapSpaceStatistics } from 'node:v8';
      import { parentPort } from 'node:worker_threads';
      const nursery = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
      parentPort.postMessage(Math.ceil((nursery.space_used_size + nursery.space_available_size) / 2 ** 20));\`;
    const measure = () => new Promise((done) => new Worker(inside, { eval: true }).once('message', done));
    const before = await measure();
    boundHeap();
    console.log(JSON.stringify([before, await measure()]));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  const [before, after] = JSON.parse(output);
  expect(before).toBeLessThan(4);
  expect(after).toBe(4);
});

/** By how much the heap of a process grows over what is alive in it, in percent of that. */
function growthOver(mib: number): number {
  const program = `
    import { setTimeout } from 'node:timers/promises';
    import { getHeapStatistics } from 'node:v8';
    import { boundHeap } from ${JSON.stringify(MODULE)};
    boundHeap();
    const piece = () => Array(2 ** 14).fill(0.5); // 128 KiB
    const kept = Array.from({ length: ${mib} * 8 }, piece);
    gc();
    await setTimeout(1500);
    gc();
    const alive = getHeapStatistics().used_heap_size;
    let most = alive;
    const passing = [];
    for (let i = 0; i < 2000; i++) {
      passing[i % 64] = piece();
      most = Math.max(most, getHeapStatistics().used_heap_size);
    }
    console.log((100 * (most - alive)) / alive + kept.length * 0);`;
  const options = ['--expose-gc', '--input-type=module', '--eval', program];
  return Number(execFileSync(process.execPath, options, { encoding: 'utf8' }));
}

it('lets less garbage gather, by share, the more is alive', () => {
  const [small, large] = [growthOver(40), growthOver(240)];
  expect(small).toBeGreaterThan(35);
  expect(large).toBeLessThan(30);
});
