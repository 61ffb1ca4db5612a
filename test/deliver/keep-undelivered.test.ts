import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepUndelivered } from '../../src/deliver/deliver.ts';
import type { Receipt } from '../../src/model/parcel.ts';
import { parcelOf } from './parcels.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sightline-'));
});
afterEach(() => rm(folder, { recursive: true }));

const receipt: Receipt = { key: 'k', verdict: 'undelivered', entities: [], reason: 'HTTP 503' };

it('writes the parcel as it is to a file that is named in the receipt', async () => {
  const parcel = parcelOf('acme-bundle-1.2');
  const kept = await keepUndelivered(join(folder, 'a', 'b'), parcel, receipt);
  const path = join(folder, 'a', 'b', 'acme-bundle-1.2.json');
  expect(kept).toEqual({ ...receipt, reason: `HTTP 503; kept as ${path}` });
  expect(await readFile(path, 'utf8')).toBe(parcel.body);
  if (process.platform !== 'win32') {
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'a', 'b'))).mode & 0o777).toBe(0o700);
  }
});

it('writes the same parcel to the same file', async () => {
  for (let i = 0; i < 2; i++) await keepUndelivered(folder, parcelOf('k'), receipt);
  expect(await readdir(folder)).toEqual(['k.json']);
});

it.each(['../../evil', '/etc/evil', '..', '', 'a\0b', 'k'.repeat(300), 'ü'])(
  'stays in its folder for the key %j',
  async (key) => {
    await keepUndelivered(folder, parcelOf(key), receipt);
    const [name, ...more] = await readdir(folder);
    expect(name).toMatch(/^[0-9a-f]{64}\.json$/);
    expect(more).toEqual([]);
  },
);

it('tells loudly when the parcel cannot be kept either', async () => {
  const blocked = join(folder, 'file');
  await writeFile(blocked, '');
  await expect(keepUndelivered(blocked, parcelOf('k'), receipt)).rejects.toMatchObject({
    code: 'not-kept',
    message: expect.stringContaining('HTTP 503'),
  });
});
