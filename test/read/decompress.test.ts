import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArchiveFormat, decompress } from '../../src/read/decompress.ts';
import { cut } from './helpers.ts';

/** Compresses badly, so that archives of it are many slices long. */
const NOISE = Buffer.from(Array.from({ length: 60_000 }, (_, i) => `${(i * 2654435761) % 4294967296}\n`).join(''));

async function* flow(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

async function unpack(chunks: readonly Buffer[], format: ArchiveFormat, canReopen = true) {
  const outputs: Buffer[] = [];
  try {
    for await (const output of decompress(flow(chunks), format, canReopen ? () => flow(chunks) : null)) {
      outputs.push(output);
    }
    return { bytes: Buffer.concat(outputs), code: null };
  } catch (error) {
    return { bytes: Buffer.concat(outputs), code: (error as { code: string }).code };
  }
}

const FORMATS = [
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const;

describe.each(FORMATS)('decompress %s', (format, pack) => {
  it('gives all members of an archive, however it is cut', async () => {
    const members = fc.array(fc.string({ maxLength: 50 }), { minLength: 1, maxLength: 4 });
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(members, sizes, async (texts, chunkSizes) => {
        const archive = Buffer.concat(texts.map((text) => pack(Buffer.from(text))));
        const { bytes, code } = await unpack(cut(archive, chunkSizes), format);
        expect([bytes.toString(), code]).toEqual([texts.join(''), null]);
      }),
    );
  });

  it('gives an archive of many slices, and one that unpacks to far more than it is', async () => {
    for (const content of [NOISE, Buffer.alloc(20_000_000)]) {
      const { bytes, code } = await unpack(cut(pack(content), [50_000]), format);
      expect([bytes.equals(content), code]).toEqual([true, null]);
    }
  });

  it('gives everything of a truncated archive, the same however it is cut', async () => {
    const archive = pack(NOISE);
    for (const end of [5, 2000, archive.length >> 1, archive.length - 1]) {
      const whole = await unpack([archive.subarray(0, end)], format);
      const pieces = await unpack(cut(archive.subarray(0, end), [777, 30_000]), format, false);
      expect([whole.code, pieces.code]).toEqual(['truncated-archive', 'truncated-archive']);
      expect(NOISE.subarray(0, whole.bytes.length).equals(whole.bytes)).toBe(true);
      expect(pieces.bytes.equals(whole.bytes)).toBe(true);
      // zstd gives whole blocks only, of at most 128 KiB
      expect(whole.bytes.length).toBeGreaterThan((NOISE.length * end) / archive.length - 200_000);
    }
  });

  it('treats zeros after a member as its format does, however the archive is cut', async () => {
    const padding = Buffer.alloc(2500);
    const archive = Buffer.concat([pack('a\n'), padding, pack('b\n'), padding]);
    const expected = format === 'gzip' ? ['a\nb\n', null] : ['a\n', 'corrupt-archive'];
    for (const size of [1, 1000, archive.length]) {
      const { bytes, code } = await unpack(cut(archive, [size]), format);
      expect([bytes.toString(), code]).toEqual(expected);
    }
  });

  it('tells the end of a second member that comes too early', async () => {
    const archive = Buffer.concat([pack('one\n'), pack(NOISE).subarray(0, 6)]);
    expect(await unpack([archive], format)).toEqual({ bytes: Buffer.from('one\n'), code: 'truncated-archive' });
  });

  it('gives what comes before garbage', async () => {
    for (const content of [Buffer.from('some\nlines\n'), NOISE]) {
      const archive = Buffer.concat([pack(content), pack(content), Buffer.from('garbage')]);
      const { bytes, code } = await unpack(cut(archive, [40_000]), format);
      expect([bytes.equals(Buffer.concat([content, content])), code]).toEqual([true, 'corrupt-archive']);
    }
  });

  it('loses little before garbage if the archive cannot be read again', async () => {
    const archive = Buffer.concat([pack(NOISE), Buffer.from('garbage')]);
    const { bytes, code } = await unpack(cut(archive, [40_000]), format, false);
    expect(NOISE.subarray(0, bytes.length).equals(bytes)).toBe(true);
    expect([bytes.length > NOISE.length - 200_000, code]).toEqual([true, 'corrupt-archive']);
  });

  it('tells what is no archive but for its first bytes', async () => {
    const start = pack('x').subarray(0, 4);
    const { code } = await unpack([start, Buffer.alloc(100, 0xff)], format);
    expect(code).toBe('corrupt-archive');
  });

  it('never fails but with a told fault, whatever is in the archive', async () => {
    const content = NOISE.subarray(0, 300);
    const archive = pack(content);
    const damage = fc.record({ at: fc.nat(archive.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, byte }) => {
        const damaged = Buffer.from(archive);
        damaged[at] = byte;
        const { code } = await unpack([damaged], format);
        expect([null, 'truncated-archive', 'corrupt-archive']).toContain(code);
      }),
      { numRuns: 50 },
    );
  });
});

describe('decompress gzip', () => {
  it('gives all content before a wrong checksum', async () => {
    const archive = gzipSync(NOISE);
    archive.writeUInt32LE(0xdeadbeef, archive.length - 8);
    const { bytes, code } = await unpack([archive], 'gzip');
    expect([bytes.equals(NOISE), code]).toEqual([true, 'corrupt-archive']);
  });

  it('stops its engine when the reader leaves', async () => {
    let closed = false;
    async function* stored(): AsyncGenerator<Buffer> {
      try {
        yield* Readable.from(cut(gzipSync(NOISE), [1000]));
      } finally {
        closed = true;
      }
    }
    for await (const output of decompress(stored(), 'gzip', null)) {
      expect(output.length).toBeGreaterThan(0);
      break;
    }
    expect(closed).toBe(true);
  });
});
