import { appendFile, rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { noticer } from '../../../src/read/follow/noticer.ts';
import { onBench } from './helpers.ts';

describe('noticer', () => {
  it.each<[title: string, mode: 'events' | 'stat', act: (path: string) => Promise<void>]>([
    ['an appended line, by events', 'events', (path) => appendFile(path, 'more\n')],
    ['an appended line, by stat', 'stat', (path) => appendFile(path, 'more\n')],
    ['a rename', 'events', (path) => rename(path, `${path}.1`)],
    ['a deletion', 'events', (path) => rm(path)],
  ])('tells once of %s', (_title, mode, act) =>
    onBench(async (bench) => {
      await bench.append('access.log', 'a\n');
      let told = 0;
      const it = noticer(bench.path('access.log'), mode, () => told++, expect.fail);
      expect(it.arm()).toBe(true);
      expect(it.arm()).toBe(false);
      await sleep(20);
      await act(bench.path('access.log'));
      await expect.poll(() => told, { timeout: 5000 }).toBe(1);
      await bench.append('access.log', 'b\n');
      await sleep(20);
      expect(told).toBe(1);
      expect(it.arm()).toBe(true);
      it.disarm();
    }),
  );

  it('waits for a file that is missing, and watches nothing if it is told so', () =>
    onBench(async (bench) => {
      const it = noticer(bench.path('access.log'), 'events', expect.fail, expect.fail);
      expect(it.arm()).toBe(false);
      await bench.append('access.log', '');
      expect(it.arm()).toBe(true);
      it.disarm();
      expect(noticer(bench.path('access.log'), 'none', expect.fail, expect.fail).arm()).toBe(false);
    }));

  it('tells why it cannot watch, once', () =>
    onBench(async (bench) => {
      const troubles: string[] = [];
      // The name of a file in a file: the check for existence says something else than that it is missing.
      const path = bench.path(`${'x'.repeat(300)}.log`);
      const it = noticer(path, 'events', expect.fail, (message) => troubles.push(message));
      expect([it.arm(), it.arm()]).toEqual([false, false]);
      expect(troubles).toEqual([expect.stringContaining('ENAMETOOLONG')]);
    }));
});
