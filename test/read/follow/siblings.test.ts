import { mkdir, symlink } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { byAge, findSiblings, logsOf, rotationMark, type Sibling } from '../../../src/read/follow/siblings.ts';
import { onBench } from './helpers.ts';

describe('rotationMark', () => {
  it.each<[name: string, log: string, mark: string | null]>([
    ['access.log.1', 'access.log', '.1'],
    ['access.log.12.gz', 'access.log', '.12'],
    ['access.log-20261122.zst', 'access.log', '-20261122'],
    ['access.log-20261122-1763769600', 'access.log', '-20261122-1763769600'],
    ['access.log.2026-11-22', 'access.log', '.2026-11-22'],
    ['access.log.2026-11-22-05:30', 'access.log', '.2026-11-22-05:30'],
    ['access_log.1763769600', 'access_log', '.1763769600'],
    ['access-20261122.log', 'access.log', '-20261122'],
    ['access-2026-11-22.log.gz', 'access.log', '-2026-11-22'],
    ['access.3.log', 'access.log', '.3'],
    ['access.log.gz', 'access.log', ''],
    ['access.log.2026-11-22.1', 'access.log', '.2026-11-22.1'],
    ['access.log.2026-11-22.1', 'access.log.2026-11-22', '.1'],
    ['access.log', 'access.log', null],
    ['access.log.old', 'access.log', null],
    ['access.log.1.bz2', 'access.log', null],
    ['access-8080.log', 'access.log', null],
    ['access-2.log', 'access.log', null],
    ['access2.log', 'access.log', null],
    ['other.log.1', 'access.log', null],
    ['access.log1', 'access.log', null],
  ])('of %s for %s is %j', (name, log, mark) => {
    expect(rotationMark(name, log)).toBe(mark);
  });
});

it('logsOf tells every log that a rotated file may belong to', () => {
  expect(logsOf('/logs/access.log.2026-11-22.1.gz')).toEqual([
    '/logs/access.log.2026-11-22.1',
    '/logs/access.log',
    '/logs/access.log.2026',
    '/logs/access.log.2026-11',
    '/logs/access.log.2026-11-22',
  ]);
  expect(logsOf('/logs/access.log')).toEqual([]);
});

describe('byAge', () => {
  const sibling = (mark: string, modifiedMs = 0, compressed = false): Sibling => ({
    path: `access.log${mark}${compressed ? '.gz' : ''}`,
    identity: mark,
    size: 1,
    modifiedMs,
    mark,
    compressed,
  });

  it.each<[title: string, siblings: Sibling[], paths: string[]]>([
    [
      'numbers: the highest is the oldest',
      [sibling('.2'), sibling('.10'), sibling('.1')],
      ['access.log.10', 'access.log.2', 'access.log.1'],
    ],
    [
      'dates, part by part',
      [sibling('-20261122'), sibling('-20261121'), sibling('.2026-1-3')],
      ['access.log.2026-1-3', 'access.log-20261121', 'access.log-20261122'],
    ],
    [
      'both kinds: by the time of change',
      [sibling('.1', 2), sibling('-20261122', 1), sibling('.2', 3)],
      ['access.log-20261122', 'access.log.1', 'access.log.2'],
    ],
    [
      'a file before its archive',
      [sibling('.1', 0, true), sibling('.1'), sibling('-20261122', 0, true), sibling('-20261122')].slice(0, 2),
      ['access.log.1', 'access.log.1.gz'],
    ],
    [
      'a dated file before its archive',
      [sibling('-20261122', 0, true), sibling('-20261122')],
      ['access.log-20261122', 'access.log-20261122.gz'],
    ],
    [
      'a file before its archive where time decides',
      [sibling('.1', 2, true), sibling('.1', 2), sibling('-20261122', 3)],
      ['access.log.1', 'access.log.1.gz', 'access.log-20261122'],
    ],
  ])('orders by %s', (_title, siblings, paths) => {
    expect(byAge(siblings).map(({ path }) => path)).toEqual(paths);
  });
});

describe('findSiblings', () => {
  it('finds regular files of the name, not the log, links, folders or others', () =>
    onBench(async (bench) => {
      for (const name of ['access.log', 'access.log.1', 'access.log.old', 'access-20261122.log', 'error.log.1']) {
        await bench.append(name, 'a\n');
      }
      await mkdir(bench.path('access.log.2'));
      await symlink('nowhere', bench.path('access.log.3'));
      const found = await findSiblings(bench.path('access.log'), [bench.folder, bench.folder, bench.path('missing')]);
      expect(found.map(({ path, mark }) => [path.slice(bench.folder.length + 1), mark]).sort()).toEqual([
        ['access-20261122.log', '-20261122'],
        ['access.log.1', '.1'],
        ['access.log.old', null],
      ]);
    }));
});
