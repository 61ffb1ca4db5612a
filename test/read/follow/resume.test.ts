import { copyFile, mkdir, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { FilePosition } from '../../../src/read/read.ts';
import { type Bench, onBench } from './helpers.ts';

const LOG = 'access.log';
const OLD = 'access.log.1';

describe('a log whose reader starts again', () => {
  it.each<[title: string, whileDown: (bench: Bench) => Promise<unknown>, lines: string[], codes: string[]]>([
    ['goes on where it stopped', (bench) => bench.append(LOG, 'c\n'), ['c'], []],
    ['gives nothing twice', async () => {}, [], []],
    [
      'reads the rest in the renamed file, then the new one',
      async (bench) => {
        await bench.append(LOG, 'c\n');
        await rename(bench.path(LOG), bench.path(OLD));
        await bench.append(LOG, 'd\n');
      },
      ['c', 'd'],
      ['moved', 'rotated'],
    ],
    [
      'finds the rest under a name of no rotation',
      async (bench) => {
        await bench.append(LOG, 'c\n');
        await rename(bench.path(LOG), bench.path('access.log.old'));
        await bench.append(LOG, 'd\n');
      },
      ['c', 'd'],
      ['moved', 'rotated'],
    ],
    [
      'reads the rest in a gzip archive',
      async (bench) => {
        await bench.append(LOG, 'c\nno newline');
        await rename(bench.path(LOG), bench.path(OLD));
        await bench.compress(OLD, 'gz');
        await bench.append(LOG, 'd\n');
      },
      ['c', 'no newline', 'd'],
      ['moved', 'rotated'],
    ],
    [
      'reads the rest in a zstd archive, then another archive, then a file, then the log',
      async (bench) => {
        await bench.append(LOG, 'c\n');
        await rename(bench.path(LOG), bench.path('access.log.3'));
        await bench.compress('access.log.3', 'zst');
        await bench.append('access.log.2', 'd\n');
        await bench.compress('access.log.2', 'gz');
        await bench.append(OLD, 'e\n');
        await bench.append(LOG, 'f\n');
      },
      ['c', 'd', 'e', 'f'],
      ['moved', 'rotated', 'rotated', 'rotated'],
    ],
    [
      'follows dates in names, whatever the times of change',
      async (bench) => {
        await bench.append(LOG, 'c\n');
        await rename(bench.path(LOG), bench.path('access.log-20261120'));
        await bench.append('access.log-20261119', 'an older one\n');
        await bench.append('access.log-20261122', 'e\n');
        await bench.append('access.log-20261121', 'd\n');
        await bench.append(LOG, 'f\n');
      },
      ['c', 'd', 'e', 'f'],
      ['moved', 'rotated', 'rotated', 'rotated'],
    ],
    [
      'reads a file once that is there twice while it is compressed',
      async (bench) => {
        await bench.append(LOG, 'c\n');
        await rename(bench.path(LOG), bench.path('access.log.2'));
        await writeFile(bench.path('access.log.2.gz'), gzipSync('a\nb\nc\n').subarray(0, 15));
        await bench.append(OLD, 'd\n');
        await writeFile(bench.path('access.log.1.gz'), gzipSync('d\n'));
        await bench.append(LOG, 'e\n');
      },
      ['c', 'd', 'e'],
      ['moved', 'rotated', 'rotated'],
    ],
    [
      'reads the rest in a copy',
      async (bench) => {
        await bench.append(LOG, 'c\n');
        await bench.copyTruncate(LOG, OLD);
        await bench.append(LOG, 'd\n');
      },
      ['c', 'd'],
      ['moved', 'rotated'],
    ],
    [
      'is not misled by a copy of a log that goes on',
      async (bench) => {
        await copyFile(bench.path(LOG), bench.path(OLD));
        await bench.append(LOG, 'c\n');
      },
      ['c'],
      [],
    ],
    [
      'knows the renamed file by its inode, even if the new one begins alike',
      async (bench) => {
        await bench.append(LOG, 'c\n');
        await rename(bench.path(LOG), bench.path(OLD));
        await bench.append(LOG, 'a\nb\nd\n');
      },
      ['c', 'a', 'b', 'd'],
      ['moved', 'rotated'],
    ],
    [
      'goes on in a file that was restored, and has another inode',
      async (bench) => {
        await writeFile(bench.path('new'), 'a\nb\nc\n');
        await rename(bench.path('new'), bench.path(LOG));
      },
      ['c'],
      [],
    ],
    [
      'tells a file that is gone, and reads the one in its place, of the same inode or not',
      async (bench) => {
        await rm(bench.path(LOG));
        await bench.append(LOG, 'c\nd\n');
      },
      ['c', 'd'],
      ['lost'],
    ],
    [
      'tells a log that was rewritten, and reads it from its beginning',
      (bench) => writeFile(bench.path(LOG), 'x\ny\nz\n'),
      ['x', 'y', 'z'],
      ['lost'],
    ],
    [
      'reads the rotated files that came after one that is gone',
      async (bench) => {
        await bench.append('access.log.7', 'older\n');
        await utimes(bench.path('access.log.7'), 1e9, 1e9);
        await rm(bench.path(LOG));
        await bench.append('access.log.2', 'c\n');
        await bench.compress('access.log.2');
        await bench.append(OLD, 'd\n');
        await bench.append(LOG, 'e\n');
      },
      ['c', 'd', 'e'],
      ['lost', 'rotated', 'rotated'],
    ],
    [
      'waits for a log that is missing, and loses nothing by it',
      async (bench) => {
        await rename(bench.path(LOG), bench.path('elsewhere'));
        await bench.start();
        await bench.read(1);
        await bench.stop();
        await bench.append('elsewhere', 'c\n');
        await rename(bench.path('elsewhere'), bench.path(LOG));
      },
      ['c'],
      ['missing'],
    ],
    [
      'waits for what comes after an emptied log',
      async (bench) => {
        await truncate(bench.path(LOG));
        await bench.start();
        await bench.read(1);
        await bench.stop();
        await bench.append(LOG, 'c\n');
      },
      ['c'],
      ['lost'],
    ],
    [
      'finds what it has read however often nothing was logged between two rotations',
      async (bench) => {
        await rename(bench.path(LOG), bench.path('access.log.121'));
        for (let age = 120; age > 0; age--) await bench.append(`access.log.${age}`, '');
        await bench.append(LOG, 'c\n');
      },
      ['c'],
      ['moved', 'rotated'],
    ],
    [
      'passes over an archive that it cannot read',
      async (bench) => {
        await bench.append(LOG, 'c\n');
        await rename(bench.path(LOG), bench.path(OLD));
        await bench.compress(OLD);
        await writeFile(bench.path('access.log.2'), 'BZh91AY&SY');
        await utimes(bench.path('access.log.2'), 2e9, 2e9);
        await bench.append(LOG, 'd\n');
      },
      ['c', 'd'],
      ['unreadable', 'moved', 'rotated'],
    ],
  ])('%s', (_title, whileDown, lines, codes) =>
    onBench(async (bench) => {
      await bench.append(LOG, 'a\nb\n');
      expect(await bench.readAndStop()).toEqual(['a', 'b']);
      await whileDown(bench);
      expect(await bench.readAndStop()).toEqual(lines);
      expect(bench.codes()).toEqual(codes);
      expect(await bench.readAndStop()).toEqual([]);
      expect(bench.codes()).toEqual([]);
    }),
  );

  it('reads an incomplete last line once, when it is complete', () =>
    onBench(async (bench) => {
      await bench.append(LOG, 'a\nincom');
      expect(await bench.readAndStop()).toEqual(['a']);
      await bench.append(LOG, 'pl');
      expect(await bench.readAndStop()).toEqual([]);
      await bench.append(LOG, 'ete\n');
      expect(await bench.readAndStop()).toEqual(['incomplete']);
      expect(bench.lines.map(({ number, offset }) => [number, offset])).toEqual([
        [1, 0],
        [2, 2],
      ]);
    }));

  it('gives again what was read after the last position was stored, and only that', () =>
    onBench(async (bench) => {
      await bench.append(LOG, 'a\n');
      await bench.start();
      await bench.read();
      bench.store();
      await bench.append(LOG, 'b\n');
      await bench.read();
      await bench.kill();
      expect(await bench.readAndStop()).toEqual(['b']);
      expect(bench.lines.map(({ text }) => text)).toEqual(['a', 'b']);
    }));

  it('tells a log from another with the same beginning by the bytes before the offset', () =>
    onBench(async (bench) => {
      const head = `${'h'.repeat(99)}\n`.repeat(20);
      await bench.append(LOG, `${head}a\n`);
      await bench.readAndStop();
      await writeFile(bench.path(LOG), `${head}b\nc\n`);
      expect((await bench.readAndStop()).slice(20)).toEqual(['b', 'c']);
      expect(bench.codes()).toEqual(['lost']);
    }));

  it('tells an archive that ends too early, after what could be read', () =>
    onBench(async (bench) => {
      await bench.append(LOG, 'a\n');
      await bench.readAndStop();
      await rm(bench.path(LOG));
      await writeFile(bench.path('access.log.1.gz'), gzipSync('a\nb\nc\n').subarray(0, -8));
      await bench.append(LOG, 'd\n');
      expect(await bench.readAndStop()).toEqual(['b', 'c', 'd']);
      expect(bench.codes()).toEqual(['moved', 'rotated', 'bad-archive']);
    }));

  it('has positions that are plain JSON and say where the lines ended', () =>
    onBench(async (bench) => {
      await bench.append(LOG, 'a\nb\nincomplete');
      await bench.readAndStop();
      const [position] = await restart(bench);
      expect(position).toMatchObject({
        path: bench.path(LOG),
        name: bench.path(LOG),
        format: 'plain',
        head: { bytes: 14, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        tail: { bytes: 4, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        offset: 4,
        lines: 2,
        size: 14,
        ended: false,
        earlier: [],
      });
    }));

  it('tells what a log could not be read for, tries again, and tells that it is back', () =>
    onBench(async (bench) => {
      await bench.append(LOG, 'a\n');
      await bench.readAndStop();
      await rename(bench.path(LOG), bench.path('elsewhere'));
      await mkdir(bench.path(LOG));
      await bench.start();
      expect(await bench.read()).toEqual([]);
      await rm(bench.path(LOG), { recursive: true });
      await rename(bench.path('elsewhere'), bench.path(LOG));
      await bench.append(LOG, 'b\n');
      expect(await bench.read()).toEqual(['b']);
      expect(bench.codes()).toEqual(['unreadable', 'back']);
    }));
});

async function restart(bench: Bench): Promise<readonly FilePosition[]> {
  await bench.start();
  return bench.store();
}
