import { readdirSync, readlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type OpenSource, openSource } from '../../src/read/read.ts';
import { collectChunks, cut, inTempFolder, texts } from './helpers.ts';

function openText(text: string, options: { shape?: 'lines' | 'json-array'; maxLineBytes?: number } = {}) {
  const stdin = Readable.from(cut(Buffer.from(text, 'latin1'), [50_000]));
  return openSource({ name: '-', sizeBytes: null }, { maxLineBytes: 65_536, onReject: () => {}, stdin, ...options });
}

/** Uses an open file of many lines, then waits until no descriptor of it is open. */
function expectClosedAfter(use: (open: OpenSource) => Promise<void>): Promise<void> {
  return inTempFolder(async (folder) => {
    const path = join(folder, 'many.log');
    await writeFile(path, 'line\n'.repeat(100_000));
    const open = await openSource({ name: path, sizeBytes: 500_000 }, { maxLineBytes: 100, onReject: () => {} });
    expect(countDescriptors(path)).toBe(1);
    await use(open);
    await expect.poll(() => countDescriptors(path)).toBe(0);
  });
}

function countDescriptors(path: string): number {
  const isOfPath = (fd: string): boolean => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false; // it was closed since it was listed
    }
  };
  return readdirSync('/proc/self/fd').filter(isOfPath).length;
}

describe('openSource', () => {
  it.each<[title: string, text: string, shape: string, head: string[]]>([
    ['lines', 'a\r\n\n b\nc', 'lines', ['a', ' b', 'c']],
    ['lines after a byte order mark', '\xef\xbb\xbfa\n', 'lines', ['a']],
    ['no more than 200 lines', 'x\n'.repeat(300), 'lines', Array(200).fill('x')],
    [
      'whole lines of the first 64 KiB',
      `${'y'.repeat(40_000)}\n${'z'.repeat(40_000)}\n`,
      'lines',
      ['y'.repeat(40_000)],
    ],
    ['nothing', '', 'lines', []],
    ['elements of an array of objects', ' \n[ {"a":1},\n{"b":2}]', 'json-array', ['{"a":1}', '{"b":2}']],
    ['elements up to a fault', '[{"a":1},{]', 'json-array', ['{"a":1}']],
    ['lines that start with a bracket', '[Wed Oct 10] {\n', 'lines', ['[Wed Oct 10] {']],
    ['JSON Lines', '{"a":1}\n[]\n', 'lines', ['{"a":1}', '[]']],
  ])('shows the head: %s', async (_title, text, shape, head) => {
    const open = await openText(text);
    expect([open.shape, open.head]).toEqual([shape, head]);
    expect([open.lines, open.skipped, open.bytes]).toEqual([0, 0, 0]);
  });

  it('takes the shape it is told', async () => {
    const { lines } = await collectChunks([Buffer.from('[{"a":1}]\n')], { shape: 'lines' });
    expect(texts(lines)).toEqual(['[{"a":1}]']);
  });

  it('does not reject for the head', async () => {
    const { open, rejects } = await collectChunks([Buffer.from('[{"abc":1},{}]')], { maxLineBytes: 4 });
    expect([open.head, rejects.length]).toEqual([['{}'], 1]);
  });

  it.each(['x\ny\nz\n', '[{"a":1},{"b":1}]'])('gives results only, and fails as its mapper does: %j', async (text) => {
    const numbers: number[] = [];
    const open = await openText(text);
    for await (const number of open.map((line) => (line.number === 1 ? undefined : line.number))) numbers.push(number);
    expect(numbers[0]).toBe(2);

    const failing = (await openText(text)).map(() => {
      throw new TypeError('a bug');
    });
    await expect(failing[Symbol.asyncIterator]().next()).rejects.toThrow(new TypeError('a bug'));
  });

  it('passes on what onReject and onBytes throw', async () => {
    const bug = () => {
      throw new TypeError('a bug');
    };
    const chunks = [Buffer.from('long line\n')];
    await expect(collectChunks(chunks, { maxLineBytes: 2, onReject: bug })).rejects.toThrow('a bug');
    await expect(collectChunks(chunks, { onBytes: bug })).rejects.toThrow('a bug');
  });

  it('can be mapped once', async () => {
    const open = await openText('a\n');
    open.map(() => 1);
    expect(() => open.map(() => 1)).toThrow('once');
  });

  it.runIf(process.platform === 'linux').each<[title: string, use: (open: OpenSource) => Promise<void>]>([
    [
      'read to its end',
      async (open) => {
        for await (const _ of open.map((line) => (line.number % 1000 === 0 ? line : undefined)));
      },
    ],
    [
      'left early',
      async (open) => {
        for await (const _ of open.map((line) => line)) break;
      },
    ],
    ['never read', (open) => open.close()],
  ])('leaves no file open that was %s', async (_title, use) => {
    await expectClosedAfter(use);
  });

  it('may be closed after it was read', async () => {
    const { open } = await collectChunks([Buffer.from('a\n')]);
    await open.close();
    expect(open.lines).toBe(1);
  });
});
