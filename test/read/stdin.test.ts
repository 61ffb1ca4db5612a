import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

/** Less than what the endless lines below would need, more than what Node itself does. */
const HEAP_MIB = 48;
const BLOCK = Buffer.alloc(1024 * 1024, 'x');
const BLOCKS = 150;

async function readInChild(chunks: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<unknown> {
  const script = join(import.meta.dirname, 'read-stdin.ts');
  const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MIB}`, script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [answer] = await Promise.all([text(child.stdout), pipeline(chunks, child.stdin)]);
  return JSON.parse(answer);
}

function* endless(before: string, after: string): Generator<Buffer> {
  yield Buffer.from(before);
  for (let i = 0; i < BLOCKS; i++) yield BLOCK;
  yield Buffer.from(after);
}

describe('standard input of a process', () => {
  it.each<[title: string, bytes: Buffer]>([
    ['plain', Buffer.from('a\nb\r\nc')],
    ['gzip', gzipSync('a\nb\r\nc')],
  ])('is read from its first byte to its last: %s', async (_title, bytes) => {
    expect(await readInChild([bytes])).toEqual({
      shape: 'lines',
      head: ['a', 'b', 'c'],
      lines: ['a', 'b', 'c'],
      rejected: [],
      fault: null,
      bytes: 6,
    });
  });

  it.each<[title: string, chunks: () => AsyncIterable<Buffer> | Iterable<Buffer>, shape: string, length: number]>([
    ['a line', () => endless('a\n', '\nb\n'), 'lines', 0],
    ['a compressed line', () => Readable.from(endless('a\n', '\nb\n')).pipe(createGzip()), 'lines', 0],
    ['an element of an array', () => endless('[{"a":1},{"x":"', '"},{"b":1}]'), 'json-array', 8],
  ])('may hold %s larger than memory', async (_title, chunks, shape, extra) => {
    const length = BLOCKS * BLOCK.length + extra;
    const lines = shape === 'lines' ? ['a', 'b'] : ['{"a":1}', '{"b":1}'];
    expect(await readInChild(chunks())).toMatchObject({ shape, lines, rejected: [length], fault: null });
  });
});
