import { truncate, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectFile } from '../helpers.ts';
import { onBench } from './helpers.ts';

const LOG = 'access.log';
const withoutSource = <T extends { source: string }>({ source: _, ...rest }: T) => rest;

describe('the framing of a followed log', () => {
  it('is that of a file read as a whole, however it grows and wherever its reader starts again', async () => {
    const piece = fc.oneof(
      fc.constantFrom('\n', '\r\n', '\r', '\0', ' ', 'a', 'bc', '\xff', '\xef\xbb\xbf', `${'x'.repeat(30)}`),
      fc.constantFrom('\n', 'stop', 'read', 'read'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), (pieces) =>
        onBench(async (bench) => {
          const options = { maxLineBytes: 20 };
          await bench.append(LOG, '');
          await bench.start(options);
          let text = '';
          for (const it of [...pieces, '\n']) {
            if (it === 'stop') {
              await bench.stop();
              await bench.start(options);
            } else if (it === 'read') {
              await bench.running.changed(1000);
              await bench.readOnce();
            } else {
              await bench.append(LOG, it);
              text += it;
            }
          }
          await bench.read(1);
          const whole = await collectFile(text, { ...options, shape: 'lines' });
          expect(bench.lines.map(withoutSource)).toEqual(whole.lines.map(withoutSource));
          expect(bench.rejects.map(({ code, line }) => [code, withoutSource(line)])).toEqual(
            whole.rejects.map(({ code, line }) => [code, withoutSource(line)]),
          );
          expect(bench.store()[0]).toMatchObject({ offset: text.length, lines: whole.open.lines });
        }),
      ),
      { numRuns: 60 },
    );
  });

  it('counts every line: given, too long or skipped', () =>
    onBench(async (bench) => {
      await bench.append(LOG, `a\n\n${'x'.repeat(1001)}\n \nb\nincomplete`);
      const { files } = await bench.start();
      expect(await files[0]?.read((line) => bench.lines.push(line))).toBe(5);
      expect(files[0]?.ledger).toEqual({ bytes: 1009, lines: 5, skipped: 2, tooLong: 1, losses: 0, lostBytes: 0 });
      expect([files[0]?.lagBytes, files[0]?.atEnd, files[0]?.ended]).toEqual([10, true, false]);
    }));

  it('reads about a mebibyte at a time, and does not hold a line without an end', () =>
    onBench(async (bench) => {
      const length = 128 * 1024 * 1024;
      await writeFile(bench.path(LOG), '');
      await truncate(bench.path(LOG), length);
      const { files } = await bench.start();
      const [file] = files;
      let reads = 0;
      const before = process.memoryUsage();
      do {
        expect(await file?.read(() => expect.fail())).toBe(0);
        reads++;
      } while (file?.atEnd !== true);
      const after = process.memoryUsage();
      expect(reads).toBe(129);
      expect(after.rss - before.rss).toBeLessThan(length / 2);
      expect(file?.position?.offset).toBe(0);
      await bench.append(LOG, '\nend\n');
      expect(await bench.read()).toEqual(['end']);
      expect(bench.rejects).toMatchObject([{ code: 'too-long', line: { number: 1, offset: 0, length } }]);
    }));

  it('passes on what onLine throws, and stands before the chunk then', () =>
    onBench(async (bench) => {
      await bench.append(LOG, 'a\nb\n');
      const { files } = await bench.start();
      const failure = Object.assign(new Error('no space left'), { syscall: 'write', code: 'ENOSPC' });
      const failing = files[0]?.read(() => {
        throw failure;
      });
      await expect(failing).rejects.toBe(failure);
      expect(files[0]?.position).toMatchObject({ offset: 0, lines: 0 });
    }));

  it('is that of an archive, too, of which the lines before the position are passed over', () =>
    onBench(async (bench) => {
      const lines = Array.from({ length: 30_000 }, (_, i) => `line ${i * i}`);
      await bench.append(LOG, `${lines.slice(0, 10_000).join('\n')}\n`);
      await bench.readAndStop();
      await writeFile(bench.path('access.log.1.gz'), gzipSync(lines.join('\n')));
      await writeFile(bench.path(LOG), 'next\n');
      expect(await bench.readAndStop()).toEqual([...lines.slice(10_000), 'next']);
      expect(bench.lines[10_000]).toMatchObject({
        number: 10_001,
        offset: lines.slice(0, 10_000).join('\n').length + 1,
      });
    }));
});
