import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { onBench } from '../read/follow/helpers.ts';

const mounts: string[] = [];

/** False where this user may not mount. */
function mount(...args: readonly string[]): boolean {
  try {
    execFileSync('mount', args, { stdio: 'pipe' });
    mounts.push(args.at(-1) ?? '');
    return true;
  } catch {
    return false; // Named in the title of what is skipped.
  }
}

const disk = mkdtempSync(join(tmpdir(), 'sightline-mount-'));
const mayMount = mount('-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk);

afterAll(() => {
  for (const path of mounts) execFileSync('umount', [path]);
  rmSync(disk, { recursive: true });
});

describe.skipIf(!mayMount)('a log beside mounts (needs the right to mount)', () => {
  it('is read once when its folder is mounted in two places, through a rotation and a restart', () =>
    onBench(async (bench) => {
      mkdirSync(bench.path('a'));
      mkdirSync(bench.path('b'));
      expect(mount('--bind', bench.path('a'), bench.path('b'))).toBe(true);
      try {
        const patterns = [bench.path('a/access.log'), bench.path('b/access.log')];
        await bench.append('a/access.log', '1\n');
        await bench.start({ patterns });
        expect(await bench.read()).toEqual(['1']);
        await bench.append('b/access.log', '2\n');
        await rename(bench.path('b/access.log'), bench.path('b/access.log.1'));
        await bench.append('b/access.log', '3\n');
        expect(await bench.read()).toEqual(['2', '3']);
        await bench.stop();
        await bench.append('a/access.log', '4\n');
        expect(await bench.readAndStop({ patterns })).toEqual(['4']);
        expect(bench.codes()).not.toContain('lost');
      } finally {
        execFileSync('umount', [mounts.pop() ?? '']);
      }
    }));

  it('is found where it was moved to another disk: another inode on another device', () =>
    onBench(async (bench) => {
      const options = { rotatedTo: [disk] };
      await bench.append('access.log', 'a\n');
      expect(await bench.readAndStop(options)).toEqual(['a']);
      await bench.append('access.log', 'b\n');
      copyFileSync(bench.path('access.log'), join(disk, 'access.log.1'));
      await rm(bench.path('access.log'));
      await bench.append('access.log', 'c\n');
      expect(await bench.readAndStop(options)).toEqual(['b', 'c']);
      expect(bench.codes()).toEqual(['moved', 'rotated']);
      expect(await bench.readAndStop(options)).toEqual([]);
    }));
});
