import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { FollowOptions } from '../../../src/read/read.ts';
import { type Bench, onBench } from './helpers.ts';

const LOG = 'access.log';

/** A log of which `a` and `b` have been read, with a folder for its rotated files beside it. */
async function onRotatedTo(folder: string, use: (bench: Bench) => Promise<void>): Promise<void> {
  await onBench(async (bench) => {
    await mkdir(bench.path(folder), { recursive: true });
    await bench.append(LOG, 'a\nb\n');
    expect(await bench.readAndStop()).toEqual(['a', 'b']);
    await use(bench);
  });
}

/** logrotate with `olddir`. */
async function rotate(bench: Bench, to: string, next: string): Promise<void> {
  await rename(bench.path(LOG), bench.path(to));
  await bench.append(LOG, next);
}

describe('a log whose rotated files go to another folder', () => {
  it.each<[title: string, folder: string, options: Partial<FollowOptions>]>([
    ['old', 'old', {}],
    ['archive', 'archive', {}],
    ['rotated', 'rotated', {}],
    ['one that is named', 'named/by/hand', { rotatedTo: ['named/by/hand'] }],
  ])('is read on there after a restart: %s', (_title, folder, options) =>
    onRotatedTo(folder, async (bench) => {
      await bench.append(LOG, 'c\n');
      await rotate(bench, `${folder}/access.log.3`, 'f\n');
      await bench.compress(`${folder}/access.log.3`);
      await bench.append(`${folder}/access.log.2`, 'd\n');
      await bench.compress(`${folder}/access.log.2`);
      await bench.append(`${folder}/access.log.1`, 'e\n');
      expect(await bench.readAndStop(options)).toEqual(['c', 'd', 'e', 'f']);
      expect(bench.codes()).toEqual(['moved', 'rotated', 'rotated', 'rotated']);
      expect(await bench.readAndStop(options)).toEqual([]);
    }),
  );

  it('is found in a folder that is named by its absolute path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sightline-olddir-'));
    await onRotatedTo('unused', async (bench) => {
      await bench.append(LOG, 'c\n');
      await writeFile(join(folder, 'access.log-20261122.gz'), gzipSync('a\nb\nc\n'));
      await rm(bench.path(LOG));
      await bench.append(LOG, 'd\n');
      expect(await bench.readAndStop({ rotatedTo: [folder] })).toEqual(['c', 'd']);
      expect(bench.codes()).toEqual(['moved', 'rotated']);
    });
    await rm(folder, { recursive: true });
  });

  it('is read in order when it is rotated several times at once while it is read', () =>
    onRotatedTo('old', async (bench) => {
      await bench.start();
      await rotate(bench, 'old/access.log.2', 'c\n');
      await bench.append('old/access.log.2', 'late\n');
      await rotate(bench, 'old/access.log.1', 'd\n');
      await bench.compress('old/access.log.1');
      expect(await bench.read()).toEqual(['late', 'c', 'd']);
      expect(bench.codes()).toEqual(['rotated', 'rotated']);
    }));

  it('is noticed there when nothing changes beside the log', () =>
    onRotatedTo('old', async (bench) => {
      await rename(bench.path(LOG), bench.path('unknown'));
      await bench.start();
      expect(await bench.read(1)).toEqual([]);
      await bench.append('unknown', 'c\n');
      await rename(bench.path('unknown'), bench.path('old/access.log.1'));
      expect(await bench.read()).toEqual(['c']);
    }));

  it('is found beside the file that a link leads to', () =>
    onBench(async (bench) => {
      await mkdir(bench.path('data/old'), { recursive: true });
      await symlink('data/access.log', bench.path(LOG));
      await bench.append(LOG, 'a\n');
      expect(await bench.readAndStop()).toEqual(['a']);
      await bench.append(LOG, 'b\n');
      await rename(bench.path('data/access.log'), bench.path('data/old/access.log.1'));
      await bench.append('data/access.log', 'c\n');
      expect(await bench.readAndStop()).toEqual(['b', 'c']);
    }));

  it('is read on in what is still beside it, when the older ones have been moved away', () =>
    onRotatedTo('archive', async (bench) => {
      await rotate(bench, 'archive/access.log.1', 'c\n');
      await rotate(bench, 'access.log.1', 'd\n');
      expect(await bench.readAndStop()).toEqual(['c', 'd']);
    }));

  it('is not read again in a copy that lies elsewhere', () =>
    onRotatedTo('archive', async (bench) => {
      await rotate(bench, 'access.log.2', 'c\n');
      await rotate(bench, 'access.log.1', 'd\n');
      await bench.append('archive/access.log.2', 'a\nb\n');
      await bench.append('archive/access.log.1', 'c\n');
      expect(await bench.readAndStop()).toEqual(['c', 'd']);
    }));

  it('is not followed as a log of its own when a pattern matches it', () =>
    onRotatedTo('old', async (bench) => {
      const patterns = [bench.path('**/access*')];
      await rotate(bench, 'old/access.log.1', 'c\n');
      await bench.start({ patterns });
      expect(await bench.read()).toEqual(['c']);
      expect(bench.running.files).toHaveLength(1);
    }));

  it('reads what came after one that is gone from both', () =>
    onRotatedTo('old', async (bench) => {
      await rm(bench.path(LOG));
      await bench.append('old/access.log.2', 'c\n');
      await bench.append('old/access.log.1', 'd\n');
      await bench.append(LOG, 'e\n');
      expect(await bench.readAndStop()).toEqual(['c', 'd', 'e']);
      expect(bench.codes()).toEqual(['lost', 'rotated', 'rotated']);
    }));
});
