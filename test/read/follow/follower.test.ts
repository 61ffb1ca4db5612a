import { link, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { FollowOptions } from '../../../src/read/read.ts';
import { type Bench, onBench } from './helpers.ts';

type Act = (bench: Bench) => Promise<unknown>;

function sources(bench: Bench): string[] {
  return bench.running.files.map(({ source }) => source.replace(`${bench.folder}/`, ''));
}

const REAL_CLOCK: FollowOptions['clock'] = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
};

describe('openFollower', () => {
  it.each<[title: string, before: Act, patterns: string[], after: Act, lines: string[], files: string[]]>([
    [
      'reads many files and globs, each file once',
      async (bench) => {
        for (const name of ['a.log', 'b.log', 'c.txt']) await bench.append(name, `${name}\n`);
      },
      ['*.log', 'a.log', 'c.txt'],
      async () => {},
      ['a.log', 'b.log', 'c.txt'],
      ['a.log', 'b.log', 'c.txt'],
    ],
    [
      'waits for a file that is missing, and finds files that a glob matches later',
      async (bench) => bench.append('a.log', '1\n'),
      ['*.log', 'missing.txt'],
      async (bench) => {
        await bench.append('b.log', '2\n');
        await bench.append('missing.txt', '3\n');
      },
      ['1', '3', '2'],
      ['a.log', 'missing.txt', 'b.log'],
    ],
    [
      'finds files in folders that come later',
      async () => {},
      ['*/access.log'],
      async (bench) => {
        await mkdir(bench.path('site'));
        await bench.append('site/access.log', '1\n');
      },
      ['1'],
      ['site/access.log'],
    ],
    [
      'takes rotated files that a glob matches for what they are',
      async (bench) => {
        await bench.append('access.log.1', 'older\n');
        await bench.append('access.log', '1\n');
      },
      ['access*'],
      async (bench) => {
        await rename(bench.path('access.log.1'), bench.path('access.log.2'));
        await bench.append('access.log', '2\n');
        await rename(bench.path('access.log'), bench.path('access.log.1'));
        await bench.append('access.log', '3\n');
      },
      ['1', '2', '3'],
      ['access.log'],
    ],
    [
      'follows the files of rotatelogs, each from its beginning',
      async (bench) => bench.append('access.log.2026-11-21', '1\n'),
      ['access.log.*'],
      async (bench) => {
        await bench.append('access.log.2026-11-22', '3\n');
        await bench.append('access.log.2026-11-21', '2\n');
      },
      ['1', '2', '3'],
      ['access.log.2026-11-21', 'access.log.2026-11-22'],
    ],
    [
      'reads a file once that has two names',
      async (bench) => {
        await bench.append('a.log', '1\n');
        await link(bench.path('a.log'), bench.path('b.log'));
        await symlink('a.log', bench.path('c.log'));
      },
      ['*.log'],
      async (bench) => {
        await bench.append('b.log', '2\n');
        await rename(bench.path('a.log'), bench.path('a.log.1'));
        await bench.append('a.log', '3\n');
      },
      ['1', '2', '3'],
      ['a.log', 'b.log', 'c.log'],
    ],
    [
      'reads a link and the file of the day that it leads to once',
      async (bench) => {
        await bench.append('access-20261121.log', '1\n');
        await symlink('access-20261121.log', bench.path('access.log'));
      },
      ['*.log'],
      async (bench) => {
        await bench.append('access-20261122.log', '2\n');
        await rm(bench.path('access.log'));
        await symlink('access-20261122.log', bench.path('access.log'));
      },
      ['1', '2'],
      ['access.log'],
    ],
    [
      'reads an archive that it is given to its end',
      async (bench) => writeFile(bench.path('old.gz'), gzipSync('1\n2')),
      ['old.gz'],
      async () => {},
      ['1', '2'],
      ['old.gz'],
    ],
  ])('%s', (_title, before, patterns, after, lines, files) =>
    onBench(async (bench) => {
      const options = { patterns: patterns.map((pattern) => bench.path(pattern)) };
      await before(bench);
      await bench.start(options);
      await bench.read();
      await after(bench);
      await bench.read();
      expect(bench.lines.map(({ text }) => text)).toEqual(lines);
      expect(sources(bench)).toEqual(files);
      await bench.stop();
      expect(await bench.readAndStop(options)).toEqual([]);
    }),
  );

  it('gives names as they were given, and finds its positions whatever the working folder was', () =>
    onBench(async (bench) => {
      const name = `${bench.folder}/../${bench.folder.split('/').at(-1)}/access.log`;
      await bench.append('access.log', '1\n');
      await bench.readAndStop({ patterns: [name] });
      expect(bench.lines[0]?.source).toBe(name);
      expect(await bench.readAndStop()).toEqual([]);
    }));

  it.each<[content: string, lines: string[]]>([
    ['1\n2\nincomp', ['incomplete', '3']],
    ['1\n', ['lete', '3']],
    ['', ['lete', '3']],
    [`1\n${'x'.repeat(3000)}`, ['lete', '3']],
  ])('begins at the end of an existing file if told so: %j', (content, lines) =>
    onBench(async (bench) => {
      await bench.append('access.log', content);
      await bench.start({ existing: 'end' });
      await bench.stop();
      await bench.append('access.log', 'lete\n3\n');
      expect(await bench.readAndStop()).toEqual(lines);
      expect(bench.codes()).toEqual([]);
    }),
  );

  it('begins at the start of files that come later, and leaves existing archives out, if told to begin at the end', () =>
    onBench(async (bench) => {
      const patterns = [bench.path('*.log*')];
      await writeFile(bench.path('old.log.gz'), gzipSync('old\n'));
      await bench.start({ patterns, existing: 'end' });
      await bench.append('new.log', '1\n');
      expect(await bench.read()).toEqual(['1']);
      await bench.stop();
      expect(await bench.readAndStop({ patterns })).toEqual([]);
      await writeFile(bench.path('old.log.gz'), gzipSync('other\n'));
      expect(await bench.readAndStop({ patterns })).toEqual(['other']);
    }));

  it('reads what is left of a file that a glob matched before it was compressed', () =>
    onBench(async (bench) => {
      const patterns = [bench.path('access.log.2026*')];
      await bench.append('access.log.2026-11-21', '1\n');
      await bench.readAndStop({ patterns });
      await bench.append('access.log.2026-11-21', '2\n');
      await bench.compress('access.log.2026-11-21');
      expect(await bench.readAndStop({ patterns })).toEqual(['2']);
      expect(await bench.readAndStop({ patterns })).toEqual([]);
    }));

  it('reads a file once of which two names have positions', () =>
    onBench(async (bench) => {
      const patterns = [bench.path('a.log'), bench.path('b.log')];
      await bench.append('a.log', '1\n');
      await bench.start({ patterns });
      await bench.read();
      await rename(bench.path('a.log'), bench.path('a.log.1'));
      await bench.append('a.log', '2\n');
      await bench.read();
      const [position] = bench.store();
      await bench.running.close();
      await link(bench.path('a.log'), bench.path('b.log'));
      await bench.append('b.log', '3\n');
      await bench.append('a.log.1', 'late\n');
      if (position === undefined) throw new Error('no position');
      const positions = [position, { ...position, path: bench.path('b.log') }];
      expect(await bench.readAndStop({ patterns, positions })).toEqual(['late', '3']);
    }));

  it('does not go on in a file that another log has taken', () =>
    onBench(async (bench) => {
      const patterns = [bench.path('a.log'), bench.path('b.log')];
      await bench.append('a.log', '1\n');
      await bench.append('b.log', '1\n');
      await bench.start({ patterns });
      expect(await bench.read()).toEqual(['1', '1']);
      await rm(bench.path('a.log'));
      await link(bench.path('b.log'), bench.path('a.log'));
      await bench.append('a.log', '2\n');
      expect(await bench.read()).toEqual(['2']);
    }));

  it('leaves positions alone that no pattern means any more', () =>
    onBench(async (bench) => {
      await bench.append('access.log', '1\n');
      await bench.readAndStop();
      await bench.append('access.log', '2\n');
      expect(await bench.readAndStop({ patterns: [bench.path('*.txt')] })).toEqual([]);
    }));

  it('reads nothing unless asked, and tells how much there is', () =>
    onBench(async (bench) => {
      await bench.append('access.log', 'x\n'.repeat(1_000_000));
      const { files } = await bench.start();
      expect([files[0]?.lagBytes, files[0]?.atEnd]).toEqual([2_000_000, false]);
      let lines = 0;
      expect(await files[0]?.read(() => lines++)).toBe(512 * 1024);
      expect([lines, files[0]?.lagBytes, files[0]?.atEnd]).toEqual([512 * 1024, 2_000_000 - 1024 * 1024, false]);
    }));
});

describe('changed', () => {
  it.each<[notice: 'events' | 'stat' | 'none', pollMs: number]>([
    ['events', 60_000],
    ['stat', 60_000],
    ['none', 100],
  ])('tells of new lines in good time: by %s', (notice, pollMs) =>
    onBench(async (bench) => {
      await bench.append('access.log', '1\n');
      const follower = await bench.start({ clock: REAL_CLOCK, notice, pollMs });
      await bench.readOnce();
      setTimeout(() => void bench.append('access.log', '2\n'), 100);
      while (!(await bench.readOnce())) await follower.changed(60_000);
      expect(bench.lines.map(({ text }) => text)).toEqual(['1', '2']);
    }),
  );

  it('resolves when the time is over or the signal aborts', () =>
    onBench(async (bench) => {
      await bench.append('access.log', '');
      const follower = await bench.start({ clock: REAL_CLOCK, pollMs: 60_000 });
      await bench.readOnce();
      await follower.changed(0);
      await bench.readOnce();
      await follower.changed(50);
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 50);
      await follower.changed(60_000, abort.signal);
      await follower.changed(60_000, abort.signal);
    }));

  it('resolves at once as long as a file has not been read to its end', () =>
    onBench(async (bench) => {
      await bench.append('access.log', 'x\n'.repeat(1_000_000));
      const follower = await bench.start({ clock: REAL_CLOCK, pollMs: 60_000 });
      await follower.files[0]?.read(() => {});
      await follower.changed(60_000);
      expect(follower.files[0]?.atEnd).toBe(false);
    }));

  it('passes on what the clock throws but for its abort', () =>
    onBench(async (bench) => {
      await bench.append('access.log', '');
      const clock = { now: () => 0, sleep: () => Promise.reject(new TypeError('a bug')) };
      const follower = await bench.start({ clock, notice: 'none' });
      await bench.readOnce();
      await expect(follower.changed(1000)).rejects.toThrow('a bug');
    }));

  it('tells of a file that cannot be watched', () =>
    onBench(async (bench) => {
      const name = `${'x'.repeat(300)}.log`;
      const follower = await bench.start({ patterns: [bench.path(name)] });
      await bench.readOnce();
      await follower.changed(0);
      expect(bench.codes()).toEqual(['unreadable', 'not-watched']);
    }));
});

describe('standard input', () => {
  it('is followed beside files, to its end, without a position', () =>
    onBench(async (bench) => {
      const stdin = new PassThrough();
      await bench.append('access.log', 'file\n');
      const follower = await bench.start({
        patterns: ['-', bench.path('access.log')],
        stdin,
        clock: REAL_CLOCK,
      });
      const [piped] = follower.files;
      const until = async (lines: number) => {
        while (bench.lines.length < lines) {
          await bench.readOnce();
          await follower.changed(100);
        }
      };
      stdin.write('first line\nsecond line\nincom');
      await until(3);
      expect([piped?.position, piped?.ended, piped?.source]).toEqual([null, false, '-']);
      stdin.end('plete');
      while (piped?.ended !== true) {
        await follower.changed(100);
        await bench.readOnce();
      }
      expect(bench.lines.filter(({ source }) => source === '-').map(({ text }) => text)).toEqual([
        'first line',
        'second line',
        'incomplete',
      ]);
      expect(await piped.read(() => expect.fail())).toBe(0);
      expect(bench.store().map(({ path }) => path)).toEqual([bench.path('access.log')]);
    }));

  it('is told when it fails', () =>
    onBench(async (bench) => {
      const stdin = new PassThrough();
      const follower = await bench.start({ patterns: ['-'], stdin, clock: REAL_CLOCK });
      stdin.write('first line\n');
      while (bench.lines.length === 0) {
        await follower.changed(100);
        await bench.readOnce();
      }
      stdin.destroy(new Error('the pipe is broken'));
      while (follower.files[0]?.ended !== true) {
        await follower.changed(100);
        await bench.readOnce();
      }
      expect(bench.notices).toEqual([{ source: '-', code: 'unreadable', message: 'the pipe is broken', lostBytes: 0 }]);
    }));
});
