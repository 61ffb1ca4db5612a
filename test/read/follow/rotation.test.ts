import { readlinkSync } from 'node:fs';
import { mkdir, readdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type Bench, LINGER_MS, onBench, SETTLE_MS } from './helpers.ts';

type Act = (bench: Bench) => Promise<void>;

const LOG = 'access.log';
const OLD = 'access.log.1';

async function rotate(bench: Bench, to = OLD): Promise<void> {
  await rename(bench.path(LOG), bench.path(to));
}

async function shift(bench: Bench): Promise<void> {
  await rename(bench.path(OLD), bench.path('access.log.2'));
}

/** A log of which `a` and `b` have been read; `b` has been stored or not. */
async function readTwoLines(bench: Bench): Promise<void> {
  await bench.append(LOG, 'a\nb\n');
  await bench.start();
  expect(await bench.read()).toEqual(['a', 'b']);
}

describe('a log that is rotated while it is read', () => {
  it.each<[title: string, act: Act, lines: string[], codes: string[]]>([
    ['appended to', (bench) => bench.append(LOG, 'c\n'), ['c'], []],
    [
      'renamed, with lines for the old file and the new one',
      async (bench) => {
        await bench.append(LOG, 'c\n');
        await rotate(bench);
        await bench.append(OLD, 'd\n');
        await bench.append(LOG, 'e\n');
      },
      ['c', 'd', 'e'],
      ['rotated'],
    ],
    ['renamed, the new file still missing', rotate, [], ['missing']],
    [
      'renamed, the new file still empty',
      async (bench) => {
        await rotate(bench);
        await bench.append(LOG, '');
        await bench.append(OLD, 'c\n');
      },
      ['c'],
      [],
    ],
    [
      'renamed twice at once',
      async (bench) => {
        await rotate(bench);
        await bench.append(LOG, 'c\n');
        await shift(bench);
        await rotate(bench);
        await bench.append(LOG, 'd\n');
      },
      ['c', 'd'],
      ['rotated', 'rotated'],
    ],
    [
      'renamed and compressed at once, with an unread line',
      async (bench) => {
        await bench.append(LOG, 'c\n');
        await rotate(bench);
        await bench.compress(OLD);
        await bench.append(LOG, 'd\n');
      },
      ['c', 'd'],
      ['rotated'],
    ],
    [
      'copied and truncated, with an unread line',
      async (bench) => {
        await bench.append(LOG, 'c\n');
        await bench.copyTruncate(LOG, OLD);
        await bench.append(LOG, 'd\n');
      },
      ['c', 'd'],
      ['moved', 'rotated'],
    ],
    [
      'copied, truncated and written beyond where it was',
      async (bench) => {
        await bench.append(LOG, 'c\n');
        await bench.copyTruncate(LOG, OLD);
        await bench.append(LOG, `${'d'.repeat(50)}\n`);
      },
      ['c', 'd'.repeat(50)],
      ['moved', 'rotated'],
    ],
    [
      'copied, compressed and truncated',
      async (bench) => {
        await bench.append(LOG, 'c\n');
        await bench.copyTruncate(LOG, OLD);
        await bench.compress(OLD, 'zst');
        await bench.append(LOG, 'd\n');
      },
      ['c', 'd'],
      ['moved', 'rotated'],
    ],
    [
      'truncated in place',
      async (bench) => {
        await truncate(bench.path(LOG));
        await bench.append(LOG, 'c\n');
      },
      ['c'],
      ['truncated'],
    ],
    [
      'rewritten in place, as long as before',
      async (bench) => {
        await writeFile(bench.path(LOG), 'c\nd\n');
      },
      ['c', 'd'],
      ['truncated'],
    ],
    [
      'put in the place of itself by a copy, with another inode',
      async (bench) => {
        await writeFile(bench.path('copy'), 'a\nb\nc\n');
        await rename(bench.path('copy'), bench.path(LOG));
      },
      ['c'],
      [],
    ],
    [
      'renamed, an archive of an unknown kind between the old file and the new one',
      async (bench) => {
        await rotate(bench, 'access.log.2');
        await writeFile(bench.path(OLD), 'BZh91AY&SY');
        await bench.append(LOG, 'c\n');
      },
      ['c'],
      ['lost', 'rotated'],
    ],
    [
      'deleted and made anew',
      async (bench) => {
        await rm(bench.path(LOG));
        await bench.append(LOG, 'c\n');
      },
      ['c'],
      ['rotated'],
    ],
    [
      'deleted with an unread line',
      async (bench) => {
        await bench.append(LOG, 'c\n');
        await rm(bench.path(LOG));
      },
      ['c'],
      ['missing'],
    ],
    [
      'taken away with its folder',
      async (bench) => {
        await rm(bench.folder, { recursive: true });
        await bench.read(1);
        await mkdir(bench.folder);
        await bench.append(LOG, 'c\n');
      },
      ['c'],
      ['missing', 'rotated', 'back'],
    ],
  ])('%s', (_title, act, lines, codes) =>
    onBench(async (bench) => {
      await readTwoLines(bench);
      const before = bench.lines.length;
      await act(bench);
      await bench.read();
      expect(bench.lines.slice(before).map(({ text }) => text)).toEqual(lines);
      expect(bench.codes()).toEqual(codes);
    }),
  );

  it('counts bytes known to be lost when it is truncated, and tells of it', () =>
    onBench(async (bench) => {
      await readTwoLines(bench);
      await bench.append(LOG, 'incomplete');
      await bench.readOnce();
      await bench.running.changed(1000);
      await bench.readOnce();
      await truncate(bench.path(LOG));
      await bench.append(LOG, 'c\n');
      expect(await bench.read()).toEqual(['c']);
      expect(bench.notices).toEqual([
        expect.objectContaining({ code: 'lost', lostBytes: 10, source: bench.path(LOG) }),
      ]);
      expect(bench.running.files[0]?.ledger).toMatchObject({ losses: 1, lostBytes: 10, lines: 3, bytes: 6 });
    }));

  it('is read in order, the old file first, as long as the old one is written to', () =>
    onBench(async (bench) => {
      await bench.append(LOG, 'a\n');
      await bench.start();
      expect(await bench.readOnce()).toBe(true);
      await rotate(bench);
      await bench.append(LOG, 'new\n');
      await bench.running.changed(0);
      expect(await bench.readOnce()).toBe(false);
      await bench.append(OLD, 'late\n');
      bench.aheadMs += SETTLE_MS / 2;
      await bench.running.changed(0);
      expect(await bench.readOnce()).toBe(true);
      expect(await bench.read()).toEqual(['new']);
      expect(bench.lines.map(({ text }) => text)).toEqual(['a', 'late', 'new']);
    }));

  it('gets the last lines of requests that end long after the rotation, over a restart and a compression too', () =>
    onBench(async (bench) => {
      await readTwoLines(bench);
      await rotate(bench);
      await bench.append(LOG, 'c\n');
      expect(await bench.read()).toEqual(['c']);
      await bench.append(OLD, 'late\n');
      await bench.append(LOG, 'd\n');
      expect(await bench.read()).toEqual(['late', 'd']);
      await bench.stop();
      await bench.append(OLD, 'later\nincomp');
      await bench.start();
      expect(await bench.read()).toEqual(['later']);
      await bench.stop();
      await bench.append(OLD, 'lete\nlatest\nno newline');
      await bench.compress(OLD);
      await bench.append(LOG, 'e\n');
      expect(await bench.readAndStop()).toEqual(['incomplete', 'latest', 'no newline', 'e']);
      expect(bench.codes()).toEqual(['rotated']);
    }));

  it('is let go of when it has been quiet for long enough, an incomplete last line given', () =>
    onBench(async (bench) => {
      await readTwoLines(bench);
      await bench.append(LOG, 'no newline');
      await rotate(bench);
      await bench.append(LOG, 'c\n');
      expect(await bench.read()).toEqual(['c']);
      expect(bench.store()[0]?.earlier).toHaveLength(1);
      bench.aheadMs += LINGER_MS;
      expect(await bench.read()).toEqual(['no newline']);
      expect(bench.store()[0]?.earlier).toEqual([]);
      await bench.append(OLD, 'too late\n');
      expect(await bench.read()).toEqual([]);
    }));

  it('does not read a rotated file again that is rewritten while it lingers', () =>
    onBench(async (bench) => {
      await readTwoLines(bench);
      await rotate(bench);
      await bench.append(LOG, 'c\n');
      await bench.read();
      await writeFile(bench.path(OLD), 'x'.repeat(100));
      expect(await bench.read()).toEqual([]);
      expect(bench.store()[0]?.earlier).toEqual([]);
    }));

  it.runIf(process.platform === 'linux')('holds no more than a few files open, however often it is rotated', () =>
    onBench(async (bench) => {
      await readTwoLines(bench);
      for (let i = 0; i < 20; i++) {
        await rotate(bench, `access.log.${100 - i}`);
        await bench.append(LOG, `${i}\n`);
        expect(await bench.read()).toEqual([`${i}`]);
      }
      expect(await openIn(bench)).toBe(5);
      bench.aheadMs += LINGER_MS;
      await bench.read();
      expect(await openIn(bench)).toBe(1);
      bench.aheadMs += 2 * LINGER_MS;
      await bench.read();
      expect(await openIn(bench)).toBe(0);
      await bench.append(LOG, 'again\n');
      expect(await bench.read()).toEqual(['again']);
    }),
  );

  it('is found again when it was rotated while its file was closed for being idle', () =>
    onBench(async (bench) => {
      await readTwoLines(bench);
      bench.aheadMs += 2 * LINGER_MS;
      await bench.read();
      await bench.append(LOG, 'c\n');
      await rotate(bench);
      await bench.append(LOG, 'd\n');
      expect(await bench.read()).toEqual(['c', 'd']);
      expect(bench.codes()).toEqual(['moved', 'rotated']);
    }));

  it('frees the place of a deleted file, and reads what comes in its stead', () =>
    onBench(async (bench) => {
      await readTwoLines(bench);
      await rm(bench.path(LOG));
      bench.aheadMs += LINGER_MS;
      await bench.read();
      if (process.platform === 'linux') expect(await openIn(bench)).toBe(0);
      await bench.append(LOG, 'c\n');
      expect(await bench.read()).toEqual(['c']);
      expect(bench.codes()).toEqual(['missing', 'truncated', 'back']);
    }));
});

/** How many files of the folder are open. */
async function openIn(bench: Bench): Promise<number> {
  const targets = (await readdir('/proc/self/fd')).map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // it was closed since it was listed
    }
  });
  return targets.filter((target) => target.startsWith(`${bench.folder}/`)).length;
}

describe('a log that is a link', () => {
  it.each<[title: string, names: string[]]>([
    ['of rotatelogs -L', ['access.log.1763769600', 'access.log.1763773200', 'access.log.1763776800']],
    ['to a file of the day', ['access-2026-11-20.log', 'access-2026-11-21.log', 'access-2026-11-22.log']],
    ['into another folder', ['days/access.log-20261120', 'days/access.log-20261121', 'days/access.log-20261122']],
  ])('%s is read through its switches, also those missed while down', (_title, names) =>
    onBench(async (bench) => {
      const [first = '', second = '', third = ''] = names;
      await mkdir(bench.path('days'));
      const pointTo = async (name: string) => {
        await rm(bench.path(LOG), { force: true });
        await symlink(name, bench.path(LOG));
      };
      await bench.append(first, 'a\n');
      await pointTo(first);
      await bench.start();
      expect(await bench.read()).toEqual(['a']);
      await bench.append(second, 'c\n');
      await pointTo(second);
      await bench.append(first, 'b\n');
      expect(await bench.read()).toEqual(['b', 'c']);
      await bench.stop();
      await bench.append(second, 'd\n');
      await bench.append(third, 'e\n');
      await pointTo(third);
      expect(await bench.readAndStop()).toEqual(['d', 'e']);
      expect(bench.codes()).not.toContain('lost');
    }),
  );
});
