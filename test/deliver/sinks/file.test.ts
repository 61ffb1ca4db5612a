import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileSink } from '../../../src/deliver/deliver.ts';
import { HOSTILE, parcelOf } from '../parcels.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sightline-'));
  path = join(folder, 'out.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

describe('fileSink', () => {
  it('leaves the file of the run before until it is closed', async () => {
    await writeFile(path, 'before\n');
    const sink = await fileSink({ path });
    await sink.send(parcelOf('a'));
    expect(await readFile(path, 'utf8')).toBe('before\n');
    expect(await readFile(`${path}.partial`, 'utf8')).toBe(`${parcelOf('a').body}\n`);
    await sink.close();
    expect(await readFile(path, 'utf8')).toBe(`${parcelOf('a').body}\n`);
    expect(await readdir(folder)).toEqual(['out.jsonl']);
  });

  it('begins anew over what a broken run left', async () => {
    await writeFile(`${path}.partial`, 'half a bun');
    const sink = await fileSink({ path });
    await sink.close();
    expect(await readFile(path, 'utf8')).toBe('');
  });

  it('writes lines that are harmless to look at, or indented', async () => {
    const sink = await fileSink({ path, pretty: true });
    await sink.send(parcelOf('a', HOSTILE));
    await sink.close();
    const written = await readFile(path, 'utf8');
    expect(written).toMatch(/^[ -~\n]+$/);
    expect(written.split('\n').length).toBeGreaterThan(5);
  });

  it.skipIf(process.platform === 'win32')('keeps the mode of the file and follows a link to it', async () => {
    await writeFile(path, '');
    await chmod(path, 0o600);
    const link = join(folder, 'link');
    await symlink(path, link);
    const sink = await fileSink({ path: link });
    await sink.send(parcelOf('a'));
    await sink.close();
    expect(await readFile(path, 'utf8')).not.toBe('');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(['link', 'out.jsonl']);
  });

  it.skipIf(process.platform === 'win32')('writes to a device without replacing it', async () => {
    const sink = await fileSink({ path: '/dev/null' });
    expect(await sink.send(parcelOf('a'))).toMatchObject({ verdict: 'delivered' });
    await sink.close();
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  it('fails at once where no file can be', async () => {
    const call = fileSink({ path: join(folder, 'no', 'such', 'folder') });
    await expect(call).rejects.toMatchObject({ code: 'output-failed', message: expect.stringContaining('ENOENT') });
  });

  it('fails on closing when it cannot take the place of the file', async () => {
    const sink = await fileSink({ path });
    await sink.send(parcelOf('a'));
    await mkdir(path);
    await writeFile(join(path, 'inside'), '');
    await expect(sink.close()).rejects.toMatchObject({ code: 'output-failed' });
    expect(await readFile(`${path}.partial`, 'utf8')).toBe(`${parcelOf('a').body}\n`);
  });
});
