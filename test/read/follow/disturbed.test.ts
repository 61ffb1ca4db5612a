import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { rename, utimes, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { type Bench, onBench } from './helpers.ts';

/**
 * Files that change between being listed and being opened. A search tries the newest first and tells of what it cannot
 * read: what is done when it tells of this one falls into the midst of it.
 */
const OBSTACLE = 'access.log.9';

/** A log of which all was read, before whatever is made of it; the obstacle is tried after the files that are newer. */
async function readLog(bench: Bench): Promise<void> {
  await bench.append('access.log', 'a\nb\n');
  expect(await bench.readAndStop()).toEqual(['a', 'b']);
  await writeFile(bench.path(OBSTACLE), 'BZh91AY&SY');
}

/** Starts again, and does something in the midst of the first search, or of each. */
async function startDisturbed(bench: Bench, disturb: (search: number) => void): Promise<void> {
  let searches = 0;
  await bench.start({
    onNotice(notice) {
      if (notice.code === 'unreadable') disturb(++searches);
      else bench.notices.push(notice);
    },
  });
}

it('a rotated file is found that gets another name between being listed and being opened', () =>
  onBench(async (bench) => {
    await readLog(bench);
    await writeFile(bench.path('access.log.1.gz'), gzipSync('a\nb\nc\n'));
    await utimes(bench.path('access.log.1.gz'), 1e9, 1e9);
    await rename(bench.path('access.log'), bench.path('elsewhere'));
    await bench.append('access.log', 'd\n');
    await startDisturbed(bench, (search) => {
      if (search === 1) renameSync(bench.path('access.log.1.gz'), bench.path('access.log.2.gz'));
    });
    expect(await bench.read()).toEqual(['c', 'd']);
    expect(bench.codes()).toEqual(['moved', 'rotated']);
  }));

it('a rotated file is waited for that is still being written when it is looked at', () =>
  onBench(async (bench) => {
    await readLog(bench);
    await utimes(bench.path(OBSTACLE), 1e9, 1e9);
    await rename(bench.path('access.log'), bench.path('elsewhere'));
    await bench.append('access.log.1', 'a\n');
    await bench.append('access.log', 'd\n');
    await startDisturbed(bench, (search) => {
      if (search === 1) appendFileSync(bench.path('access.log.1'), 'b\nc\n');
    });
    expect(await bench.read()).toEqual(['c', 'd']);
    expect(bench.codes()).toEqual(['moved', 'rotated']);
  }));

it('while files change all the time, reading waits for a minute and is not at its end; then what is not found is lost', () =>
  onBench(async (bench) => {
    await readLog(bench);
    await utimes(bench.path(OBSTACLE), 1e9, 1e9);
    await rename(bench.path('access.log'), bench.path('elsewhere'));
    await bench.append('access.log.1', 'x\n');
    await bench.append('access.log', 'd\n');
    await startDisturbed(bench, (search) => appendFileSync(bench.path('access.log.1'), `${search}\n`));
    expect(await bench.read(3)).toEqual([]);
    expect(bench.running.files[0]?.atEnd).toBe(false);
    expect(bench.codes()).toEqual([]);
    bench.aheadMs += 60_000;
    expect((await bench.read()).at(-1)).toBe('d');
    expect(bench.codes()).toEqual(['lost', 'rotated']);
  }));

it('while names change all the time, reading waits for a minute, and then takes what it finds', () =>
  onBench(async (bench) => {
    await readLog(bench);
    await utimes(bench.path(OBSTACLE), 1e9, 1e9);
    await rename(bench.path('access.log'), bench.path('elsewhere'));
    await bench.append('access.log', 'd\n');
    await startDisturbed(bench, (search) => writeFileSync(bench.path(`access.log.x${search}`), 'x\n'));
    expect(await bench.read(3)).toEqual([]);
    bench.aheadMs += 60_000;
    expect(await bench.read()).toEqual(['d']);
    expect(bench.codes()).toEqual(['lost']);
  }));
