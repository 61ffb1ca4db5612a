import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadRules } from '../../../src/detect/detect.ts';
import { FaultsError, SightlineError } from '../../../src/model/errors.ts';
import { rule } from '../sample-rules.ts';

const RULE = (id: string) => rule(id, 's: {cs-method: GET}', 's');

describe('loadRules', () => {
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rules-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
  }

  it('reads every rule file below, in order of path', async () => {
    await write({
      'b/y.yaml': RULE('3'),
      'a.yml': RULE('1'),
      'b/x.YML': RULE('2'),
      'b/notes.txt': '- no: rule',
      'c.yml': '',
    });
    const { rules } = await loadRules([folder]);
    expect(rules.map(({ id, path }) => [id, path])).toEqual([
      ['1', 'a.yml'],
      ['2', 'b/x.YML'],
      ['3', 'b/y.yaml'],
    ]);
  });

  it('passes over what is hidden, such as the locks of editors', async () => {
    await write({ 'a.yml': RULE('1'), '.b.yml': RULE('2'), '.git/c.yml': RULE('3') });
    await symlink('someone@example.org.4711', join(folder, '.#a.yml'));
    expect((await loadRules([folder])).rules.map(({ id }) => id)).toEqual(['1']);
    expect((await loadRules([join(folder, '.git')])).rules.map(({ id }) => id)).toEqual(['3']);
  });

  it('names every file that cannot be read', async () => {
    await write({ 'a.yml': RULE('1'), 'b/c.yml/d': '' });
    await symlink('gone', join(folder, 'x.yml'));
    await symlink('gone', join(folder, 'LICENSE'));
    await symlink('b/c.yml', join(folder, 'y.yml'));
    const error = await loadRules([folder]).catch((thrown: unknown) => thrown);
    expect(error instanceof FaultsError ? error.faults : error).toEqual(
      ['LICENSE', 'x.yml', 'y.yml'].map((name) => ({
        path: join(folder, name),
        line: 0,
        col: 0,
        message: expect.stringMatching(/^cannot be read: E(?:NOENT|ISDIR)/),
      })),
    );
  });

  it('refuses a file of another name, and warns of a folder without rules', async () => {
    await write({ 'a.yml': RULE('1'), 'b/access.log': '' });
    const { warnings } = await loadRules([folder, join(folder, 'b')]);
    expect(warnings).toEqual([expect.objectContaining({ path: join(folder, 'b'), line: 0 })]);
    await expect(loadRules([join(folder, 'b', 'access.log')])).rejects.toMatchObject({
      code: 'no-rules',
      message: expect.stringContaining('access.log holds no rules'),
    });
  });

  it('reads several folders, and a file', async () => {
    await write({ 'a/x.yml': RULE('1'), 'b/x.yml': RULE('2'), 'c.yml': RULE('3') });
    const { rules } = await loadRules([join(folder, 'b'), join(folder, 'a'), join(folder, 'c.yml')]);
    expect(rules.map(({ id, path }) => [id, path])).toEqual([
      ['2', 'x.yml'],
      ['1', 'x.yml'],
      ['3', 'c.yml'],
    ]);
  });

  it('gives rules the licence of the nearest folder', async () => {
    await write({
      'a.yml': RULE('1'),
      'sigma/LICENSE.Detection.Rules.md': '# Licence\nReleased under the Detection Rule License (DRL) 1.1',
      'sigma/web/b.yml': RULE('2'),
      'sigma/own/LICENSE': 'Our own terms\nand conditions',
      'sigma/own/c.yml': RULE('3'),
      'mit/license.txt': 'The MIT License (MIT)',
      'mit/d.yml': RULE('4'),
      'empty/LICENSE': '\n',
      'empty/e.yml': RULE('5'),
    });
    const { rules } = await loadRules([folder]);
    const found = Object.fromEntries(rules.map(({ id, license }) => [id, license]));
    expect(found).toEqual({ '1': null, '2': 'DRL-1.1', '3': 'Our own terms', '4': 'MIT', '5': null });
  });

  it('tells faults with the path as it was given', async () => {
    await write({ 'x/bad.yml': 'title: [' });
    const error = await loadRules([folder]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FaultsError);
    expect((error as FaultsError).faults[0]?.path).toBe(join(folder, 'x/bad.yml'));
  });

  it('refuses a folder that is not there', async () => {
    const error = await loadRules([join(folder, 'none')]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SightlineError);
    expect((error as SightlineError).code).toBe('no-rules');
  });
});
