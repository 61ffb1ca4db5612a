import { execFileSync } from 'node:child_process';
import { link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSources } from '../../src/read/read.ts';
import { inTempFolder } from './helpers.ts';

/** Names that the patterns find in a folder with a few logs, relative to it. */
function find(...patterns: string[]): Promise<string[]> {
  return inTempFolder(async (folder) => {
    for (const name of ['b.log', 'a.log', 'c[1].log', 'd.gz']) await writeFile(join(folder, name), name);
    await mkdir(join(folder, 'sub.log'));
    await writeFile(join(folder, 'sub.log', 'e.log'), 'e');
    await mkdir(join(folder, '[arch]', 'deeper'), { recursive: true });
    for (const name of ['y.gz', 'x.gz', '.hidden', 'deeper/z.gz']) await writeFile(join(folder, '[arch]', name), name);
    await symlink(join(folder, 'a.log'), join(folder, 'soft.lnk'));
    await link(join(folder, 'a.log'), join(folder, 'hard.lnk'));
    await symlink(join(folder, 'gone'), join(folder, 'dead.lnk'));
    const sources = await findSources(patterns.map((pattern) => (pattern === '-' ? '-' : join(folder, pattern))));
    return sources.map(({ name }) => (name === '-' ? '-' : relative(folder, name)));
  });
}

describe('findSources', () => {
  it.each<[title: string, patterns: string[], found: string[]]>([
    ['keeps the order of the names', ['b.log', 'a.log'], ['b.log', 'a.log']],
    ['sorts what a glob finds, without folders', ['*.log'], ['a.log', 'b.log', 'c[1].log']],
    ['looks into folders', ['**/e.log'], ['sub.log/e.log']],
    ['takes standard input once', ['-', 'a.log', '-'], ['-', 'a.log']],
    ['takes an existing name as it stands', ['c[1].log'], ['c[1].log']],
    [
      'takes a file once, whatever links lead to it',
      ['soft.lnk', 'a.log', 'hard.lnk', '*.log'],
      ['soft.lnk', 'b.log', 'c[1].log'],
    ],
    ['passes over dead links', ['*.lnk'], ['hard.lnk']],
    [
      'takes a named folder for the files in it',
      ['[arch]', 'sub.log/'],
      ['[arch]/x.gz', '[arch]/y.gz', 'sub.log/e.log'],
    ],
    ['finds nothing for nothing', [], []],
  ])('%s', async (_title, patterns, found) => {
    expect(await find(...patterns)).toEqual(found);
  });

  it('takes regular files of a folder or a glob only, links to them included: nobody may ever write to a pipe', async () => {
    await inTempFolder(async (folder) => {
      const logs = join(folder, 'logs');
      await mkdir(logs);
      await writeFile(join(folder, 'a.log'), 'a');
      await symlink('../a.log', join(logs, 'linked'));
      await symlink('loop', join(logs, 'loop'));
      await symlink('/dev/null', join(logs, 'null'));
      execFileSync('mkfifo', [join(logs, 'pipe')]);
      const names = async (pattern: string) => (await findSources([pattern])).map(({ name }) => relative(logs, name));
      expect(await names(logs)).toEqual(['linked', 'loop']);
      expect(await names(join(logs, '*'))).toEqual(['linked', 'loop']);
      expect(await names(join(logs, 'pipe'))).toEqual(['pipe']);
      const skipped: string[] = [];
      await findSources([logs, join(logs, '[lp]*'), join(logs, 'pipe')], (name) => skipped.push(relative(logs, name)));
      expect(skipped).toEqual(['null', 'pipe', 'pipe']);
      const message = `no such file: ${logs}/p* (no regular file)`;
      await expect(findSources([join(logs, 'p*')])).rejects.toMatchObject({ message });
    });
  });

  it('tells the size of files only', async () => {
    await inTempFolder(async (folder) => {
      await writeFile(join(folder, 'a.log'), '12345');
      const sources = await findSources([join(folder, 'a.log'), '-', '/dev/null']);
      expect(sources.map(({ sizeBytes }) => sizeBytes)).toEqual([5, null, null]);
    });
  });

  it('names all patterns without a match', async () => {
    const failed = expect(findSources(['/nowhere/x.log', '-', '/nowhere/*.gz', 'package.json/x']));
    await failed.rejects.toMatchObject({
      name: 'SightlineError',
      code: 'no-such-file',
      message: 'no such file: /nowhere/x.log, /nowhere/*.gz, package.json/x',
    });
  });

  it('tells a folder without files from what is not there', async () => {
    await inTempFolder(async (folder) => {
      await mkdir(join(folder, 'empty', 'deeper'), { recursive: true });
      const failed = expect(findSources([join(folder, 'empty'), join(folder, 'gone')]));
      await failed.rejects.toMatchObject({
        code: 'no-such-file',
        message: `no such file: ${folder}/empty (a folder without files), ${folder}/gone`,
      });
    });
  });

  it('takes a name that may not be looked at for a source', async () => {
    await inTempFolder(async (folder) => {
      const loop = join(folder, 'loop');
      await symlink(loop, loop);
      expect(await findSources([loop, loop])).toEqual([{ name: loop, sizeBytes: null }]);
    });
  });
});
