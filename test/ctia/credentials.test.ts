import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readCredentials, readCredentialsFile } from '../../src/ctia/ctia.ts';

const both = { clientId: 'client-1', clientPassword: 's3cret=/+' };

describe('readCredentials', () => {
  it.each([
    ['JSON', '{"client_id":"client-1","client_password":"s3cret=/+"}'],
    ['JSON with more in it', ' {"client_id":"client-1","client_password":"s3cret=/+","region":"eu","n":1}\n'],
    ['lines', 'client_id=client-1\nclient_password=s3cret=/+\n'],
    [
      'lines with the prefix ctr_',
      'host=https://x.example\r\nctr_client_id=client-1\r\nctr_client_password=s3cret=/+\r\n',
    ],
    ['environment style', '# mine\nSIGHTLINE_CLIENT_ID="client-1"\n SIGHTLINE_CLIENT_PASSWORD = \'s3cret=/+\' \n'],
  ])('reads %s', (_, text) => {
    expect(readCredentials(text)).toEqual(both);
  });

  it.each([
    ['nothing', ''],
    ['only an id', 'client_id=s3cret-a'],
    ['an empty password', 'client_id=s3cret-a\nclient_password=\n'],
    ['a comment', 'client_id=s3cret-a\n#client_password=s3cret-b'],
    ['broken JSON', '{"client_id": "s3cret-a", "client_password": "s3cret-b"'],
    ['JSON of other types', '{"client_id": 1, "client_password": ["s3cret-b"]}'],
    ['a colon in the id', 'client_id=s3cret:a\nclient_password=s3cret-b'],
  ])('refuses %s without quoting it', (_, text) => {
    const read = () => readCredentials(text);
    expect(read).toThrow(expect.objectContaining({ code: 'bad-credentials' }));
    expect(read).not.toThrow(/s3cret/);
  });
});

describe('readCredentialsFile', () => {
  async function fileWith(text: string, mode: number): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'sightline-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, 'credentials');
    await writeFile(path, text);
    await chmod(path, mode);
    return path;
  }
  const text = 'client_id=client-1\nclient_password=s3cret=/+';

  it.each([0o600, 0o400])('reads a file of mode %o', async (mode) => {
    expect(await readCredentialsFile(await fileWith(text, mode))).toEqual(both);
  });

  it.skipIf(process.platform === 'win32').each([0o644, 0o640, 0o604, 0o620])(
    'refuses a file of mode %o',
    async (mode) => {
      const path = await fileWith(text, mode);
      await expect(readCredentialsFile(path)).rejects.toMatchObject({
        code: 'open-credentials',
        message: expect.stringContaining(`chmod 600 ${path}`),
      });
    },
  );

  it.each([
    ['a missing file', () => join(tmpdir(), 'sightline-no-such-file')],
    ['a folder', () => tmpdir()],
    ['a large file', () => fileWith(`${text}\n${'#'.repeat(70_000)}`, 0o600)],
  ])('refuses %s', async (_, pathOf) => {
    await expect(readCredentialsFile(await pathOf())).rejects.toMatchObject({ code: 'bad-credentials' });
  });
});
