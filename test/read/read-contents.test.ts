import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES, readContents } from '../../src/read/read-contents.ts';
import { collect, collectChunks, collectFile, cut, inTempFolder, texts } from './helpers.ts';

const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

describe('readContents', () => {
  it.each<[title: string, stored: Buffer]>([
    ['plain text', Buffer.from('a\nb\n')],
    ['gzip', gzipSync('a\nb\n')],
    ['gzip of several members', Buffer.concat([gzipSync('a\n'), gzipSync('b'), gzipSync('\n')])],
    ['zstd', zstdCompressSync(Buffer.from('a\nb\n'))],
    ['zstd of several frames', Buffer.concat(['a\n', 'b', '\n'].map((part) => zstdCompressSync(Buffer.from(part))))],
    ['zstd after a skippable frame', Buffer.concat([skippable, zstdCompressSync(Buffer.from('a\nb\n'))])],
  ])('reads %s whatever its name, as a file and as a stream', async (_title, stored) => {
    const sizes: number[] = [];
    const onBytes = (bytes: number) => sizes.push(bytes);
    const file = await collectFile(stored, { onBytes });
    const stream = await collectChunks(cut(stored, [1]));
    for (const { lines, open } of [file, stream]) {
      expect(texts(lines)).toEqual(['a', 'b']);
      expect([open.fault, open.bytes]).toEqual([null, 4]);
    }
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(stored.length);
  });

  it.each([
    ['bzip2', 'BZh91AY&SY\x01\x02'],
    ['xz', '\xfd7zXZ\0\0'],
    ['zip', 'PK\x03\x04\x14\0'],
  ])('tells that %s cannot be read', async (name, start) => {
    const { open, lines } = await collectFile(start);
    expect(lines).toEqual([]);
    expect(open.fault).toMatchObject({ code: 'unreadable', message: expect.stringContaining(`${name} archives`) });
  });

  it('tells what was wrong with an archive, after all of its lines', async () => {
    const { open, lines } = await collectFile(Buffer.concat([gzipSync('a\nb'), Buffer.from('garbage')]));
    expect(texts(lines)).toEqual(['a', 'b']);
    expect(open.fault).toMatchObject({ code: 'corrupt-archive', source: open.source.name });
  });

  it('reads a truncated archive to its end', async () => {
    const content = Buffer.from(Array.from({ length: 5000 }, (_, i) => `line ${i * i}\n`).join(''));
    const { open, lines } = await collectFile(gzipSync(content).subarray(0, -100));
    const all = content.toString().split('\n');
    expect(lines.length).toBeGreaterThan(4000);
    expect(texts(lines).slice(0, -1)).toEqual(all.slice(0, lines.length - 1));
    expect(open.fault?.code).toBe('truncated-archive');
  });

  it('lets others have their turn, again and again, while it reads a file', async () => {
    await inTempFolder(async (folder) => {
      const path = join(folder, 'access.log');
      await writeFile(path, Buffer.alloc(40 * CHUNK_BYTES, 'a line\n'));
      let turns = 0;
      let isOver = false;
      const count = () => {
        turns++;
        if (!isOver) setImmediate(count);
      };
      count();
      const seen: number[] = [];
      for await (const _ of readContents({ name: path, sizeBytes: null }, process.stdin, () => {})) seen.push(turns);
      isOver = true;
      expect(seen.length).toBe(40);
      expect(new Set(seen).size).toBeGreaterThan(3);
    });
  });

  it('tells a folder and a file that is gone', async () => {
    for (const name of [import.meta.dirname, '/nowhere/access.log']) {
      const { open, lines } = await collect(name, null);
      expect([lines, open.head, open.lines]).toEqual([[], [], 0]);
      expect(open.fault).toMatchObject({
        source: name,
        code: 'unreadable',
        message: expect.stringMatching(/EISDIR|ENOENT/),
      });
    }
  });

  it('tells a file that may not be read', async () => {
    await inTempFolder(async (folder) => {
      // Nothing is forbidden to root, but even root cannot read a process's memory at address 0.
      const path = process.getuid?.() === 0 ? '/proc/self/mem' : join(folder, 'secret.log');
      if (path.startsWith(folder)) await writeFile(path, 'a\n', { mode: 0 });
      expect((await collect(path, null)).open.fault).toMatchObject({ code: 'unreadable' });
    });
  });

  it.skipIf(process.platform === 'win32')('reads a named pipe', async () => {
    await inTempFolder(async (folder) => {
      const path = join(folder, 'pipe');
      execFileSync('mkfifo', [path]);
      const [{ lines }] = await Promise.all([collect(path, null), writeFile(path, gzipSync('a\nb\n'))]);
      expect(texts(lines)).toEqual(['a', 'b']);
    });
  });

  it('tells a stream that fails, after the lines it gave', async () => {
    const stdin = Readable.from(
      (async function* () {
        yield Buffer.from('first line\nsecond');
        await new Promise((resolve) => setImmediate(resolve));
        throw new Error('the line is dead');
      })(),
    );
    const { open, lines } = await collect('-', null, { stdin });
    expect(texts(lines)).toEqual(['first line', 'second']);
    expect(open.fault).toEqual({ source: '-', code: 'unreadable', message: 'the line is dead' });
  });
});
