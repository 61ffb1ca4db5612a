import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../../src/model/line.ts';
import type { Reject } from '../../../src/model/reject.ts';
import {
  type FilePosition,
  type FollowLedger,
  openWholeFiles,
  type WholeFile,
  type WholeOptions,
} from '../../../src/read/read.ts';
import { collectChunks, collectFile } from '../helpers.ts';
import { type Bench, onBench } from './helpers.ts';

/** Runs over files of a bench, one after the other, with the positions of the runs before. */
class Runs {
  readonly lines: LogLine[] = [];
  readonly rejects: Reject[] = [];
  files: readonly WholeFile[] = [];
  private readonly bench: Bench;
  private stored: readonly FilePosition[] = [];

  constructor(bench: Bench) {
    this.bench = bench;
  }

  async open(names: readonly string[], options: Partial<WholeOptions> = {}): Promise<readonly WholeFile[]> {
    this.files = await openWholeFiles({
      sources: names.map((name) => ({ name: name === '-' ? name : this.bench.path(name), sizeBytes: null })),
      positions: this.stored,
      maxLineBytes: 1000,
      onReject: (reject) => this.rejects.push(reject),
      ...options,
    });
    this.store();
    return this.files;
  }

  /** Replaces what was stored, as a run does before it reads. */
  store(): void {
    const positions = this.files.map(({ position }) => position).filter((it) => it !== null);
    this.stored = JSON.parse(JSON.stringify(positions));
  }

  /** A whole run; gives the texts of its lines. */
  async run(...names: string[]): Promise<string[]> {
    const before = this.lines.length;
    for (const file of await this.open(names)) while (!file.ended) await file.read((line) => this.lines.push(line));
    this.store();
    return this.lines.slice(before).map(({ text }) => text);
  }

  faults(): (string | undefined)[] {
    return this.files.map(({ fault }) => fault?.code);
  }
}

const onRuns = (use: (runs: Runs, bench: Bench) => Promise<void>) => onBench((bench) => use(new Runs(bench), bench));

describe('openWholeFiles', () => {
  it('reads files and archives to their ends, in order', () =>
    onRuns(async (runs, bench) => {
      await bench.append('a.log', '1\n2\n');
      await writeFile(bench.path('b.log.gz'), gzipSync('3\n4'));
      await writeFile(bench.path('c.zst'), zstdCompressSync(Buffer.from('5\n')));
      await bench.append('empty.log', '');
      const files = await runs.open(['a.log', 'b.log.gz', 'c.zst', 'empty.log']);
      expect(files.map(({ lagBytes }) => lagBytes > 0)).toEqual([true, true, true, false]);
      expect(await runs.run('a.log', 'b.log.gz', 'c.zst', 'empty.log')).toEqual(['1', '2', '3', '4', '5']);
      expect(runs.files.map(({ ended, atEnd, lagBytes }) => [ended, atEnd, lagBytes])).toEqual(
        Array(4).fill([true, true, 0]),
      );
      expect(runs.files[1]?.ledger).toEqual({ bytes: 3, lines: 2, skipped: 0, tooLong: 0, losses: 0, lostBytes: 0 });
      expect(await runs.run('a.log', 'b.log.gz', 'c.zst', 'empty.log')).toEqual([]);
    }));

  it.each<[title: string, between: (bench: Bench) => Promise<unknown>, names: string[], lines: string[]]>([
    ['gives the lines that were added', (bench) => bench.append('a.log', '3\n'), ['a.log'], ['3']],
    ['knows a renamed file', (bench) => rename(bench.path('a.log'), bench.path('a.log.1')), ['a.log.1'], []],
    ['knows a compressed file', (bench) => bench.compress('a.log', 'gz'), ['a.log.gz'], []],
    [
      'gives the lines that were added before a file was compressed',
      async (bench) => {
        await bench.append('a.log', '3\n4'); // What is compressed grows no more.
        await bench.compress('a.log', 'zst');
      },
      ['a.log.zst'],
      ['3', '4'],
    ],
    [
      'knows files that changed their names with each other',
      async (bench) => {
        await bench.append('a.log', '3\n');
        await rename(bench.path('b.log'), bench.path('c.log'));
        await rename(bench.path('a.log'), bench.path('b.log'));
        await bench.append('a.log', 'new\n');
      },
      ['a.log', 'b.log', 'c.log'],
      ['new', '3'],
    ],
    [
      'reads a copy of a file as a file of its own',
      (bench) => copyFile(bench.path('a.log'), bench.path('copy.log')),
      ['a.log', 'b.log', 'copy.log'],
      ['1', '2'],
    ],
    ['reads a file that was rewritten', (bench) => writeFile(bench.path('a.log'), 'x\n'), ['a.log'], ['x']],
    [
      'reads a file that begins like another, but is shorter or goes on differently',
      (bench) => writeFile(bench.path('a.log'), '1\nx\n'),
      ['a.log'],
      ['1', 'x'],
    ],
  ])('in the next run %s', (_title, between, names, lines) =>
    onRuns(async (runs, bench) => {
      await bench.append('a.log', '1\n2\n');
      await bench.append('b.log', 'other\n');
      await runs.run('a.log', 'b.log');
      await between(bench);
      expect(await runs.run(...names)).toEqual(lines);
      expect(await runs.run(...names)).toEqual([]);
      expect(runs.faults()).toEqual(names.map(() => undefined));
    }),
  );

  it.each<[title: string, between: (bench: Bench) => Promise<unknown>, name: string, lines: string[]]>([
    ['when it has grown', (bench) => bench.append('a.log', 'lf\n3\n'), 'a.log', ['half', '3']],
    ['when it has got its newline alone', (bench) => bench.append('a.log', '\n'), 'a.log', ['ha']],
    ['when the file is as long as before', () => Promise.resolve(), 'a.log', ['ha']],
    ['when the file was compressed', (bench) => bench.compress('a.log'), 'a.log.gz', ['ha']],
  ])('leaves a last line without its newline to the next run, which gives it once: %s', (_, between, name, lines) =>
    onRuns(async (runs, bench) => {
      await bench.append('a.log', '1\nha');
      expect(await runs.run('a.log')).toEqual(['1']);
      expect(runs.files[0]).toMatchObject({ leavesRest: true, position: { ended: false, offset: 2, lines: 1 } });
      await between(bench);
      expect(await runs.run(name)).toEqual(lines);
      expect(runs.files[0]).toMatchObject({ leavesRest: false, position: { ended: true } });
      expect(await runs.run(name)).toEqual([]);
      expect(runs.rejects).toEqual([]);
    }),
  );

  it('leaves a last line that has grown without its newline to the run after', () =>
    onRuns(async (runs, bench) => {
      for (const [added, lines] of [
        ['1\nh', ['1']],
        ['al', []],
        ['f\n2', ['half']],
        ['', ['2']],
        ['', []],
      ] as const) {
        await bench.append('a.log', added);
        expect(await runs.run('a.log')).toEqual(lines);
      }
    }));

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)('goes on with a half-copied archive when it is whole, and tells it until then: %s', (_, compress) =>
    onRuns(async (runs, bench) => {
      // Digits that do not repeat, so that the half of the archive holds about half of the lines.
      const texts = Array.from({ length: 20_000 }, (_, i) => `line ${i} ${Math.imul(i, 0x9e3779b1)}`);
      const archive = compress(Buffer.from(texts.join('\n')));
      const half = archive.subarray(0, archive.length / 2);
      await writeFile(bench.path('a.log.gz'), half);
      for (const isFirst of [true, false]) {
        expect((await runs.run('a.log.gz')).length > 0).toBe(isFirst);
        expect(runs.faults()).toEqual(['truncated-archive']);
      }
      await writeFile(bench.path('a.log.gz'), archive);
      await runs.run('a.log.gz');
      expect(runs.faults()).toEqual([undefined]);
      expect(runs.lines.map(({ text }) => text)).toEqual(texts);
      expect(await runs.run('a.log.gz')).toEqual([]);
    }),
  );

  it.each(['plain', 'gz'])('goes on in the middle of a file: %s', (kind) =>
    onRuns(async (runs, bench) => {
      const texts = Array.from({ length: 200_000 }, (_, i) => `line ${i}`);
      await bench.append('a.log', `${texts.join('\n')}\n`);
      if (kind === 'gz') await bench.compress('a.log');
      const name = kind === 'gz' ? 'a.log.gz' : 'a.log';
      const [file] = await runs.open([name]);
      await file?.read((line) => runs.lines.push(line));
      runs.store();
      await file?.read(() => {});
      await file?.close();
      expect(file?.ended).toBe(false);
      await runs.run(name);
      expect(runs.lines.map(({ text }) => text)).toEqual(texts);
      expect(runs.lines.at(-1)?.number).toBe(texts.length);
    }),
  );

  it.each<[title: string, bytes: Buffer]>([
    ['a truncated archive', gzipSync('1\n2\n').subarray(0, -8)],
    ['a corrupt archive', Buffer.concat([gzipSync('1\n2\n'), Buffer.from('garbage')])],
    ['an unknown archive', Buffer.from('BZh91AY&SY')],
    ['an array that is not closed', Buffer.from('[{"a":1},{"b":2}')],
    ['an array with a fault', Buffer.from('[{"a":1},{"b":2},{]')],
    ['an array with scalars and a long element', Buffer.from(`[{"a":1},2,{"x":"${'x'.repeat(1000)}"},{"b":2}]`)],
    ['an array behind more than a kilobyte', Buffer.from(`${' '.repeat(1500)}\n[{"a":1},\n{"b":2}]\n`)],
    ['lines of all kinds', Buffer.from(`\xef\xbb\xbf1\r\n\n${'x'.repeat(1001)}\n\0\n2\n`, 'latin1')],
  ])('gives the lines, rejects and faults that openSource does: %s', (_title, bytes) =>
    onRuns(async (runs, bench) => {
      await writeFile(bench.path('a.log'), bytes);
      const lines = await runs.run('a.log');
      const { open, ...expected } = await collectFile(bytes, { maxLineBytes: 1000 });
      const places = (all: readonly LogLine[]) =>
        all.map(({ number, offset, length, text }) => [number, offset, length, text]);
      expect(places(runs.lines)).toEqual(places(expected.lines));
      expect(places(runs.rejects.map(({ line }) => line))).toEqual(places(expected.rejects.map(({ line }) => line)));
      expect(runs.faults()).toEqual([open.fault?.code]);
      expect(runs.files[0]?.ledger).toMatchObject({
        lines: open.lines,
        skipped: open.skipped,
        tooLong: expected.rejects.length,
      });
      expect(lines).toHaveLength(expected.lines.length);
      expect(await runs.run('a.log')).toEqual([]);
      const piped = await readPiped([bytes]);
      const expectedPiped = await collectChunks([bytes], { maxLineBytes: 1000 });
      expect(places(piped.lines)).toEqual(places(expectedPiped.lines));
      expect(piped.file.fault?.code).toEqual(expectedPiped.open.fault?.code);
    }),
  );

  it('goes on within a JSON array, and does not give an element twice', () =>
    onRuns(async (runs, bench) => {
      const elements = Array.from({ length: 120_000 }, (_, i) => `{"n":${i}}`);
      await bench.append('a.json', `[${elements.join(',\n')}]`);
      const [file] = await runs.open(['a.json']);
      await file?.read((line) => runs.lines.push(line));
      runs.store();
      await file?.close();
      expect(file?.position).toMatchObject({ offset: 0, lines: runs.lines.length });
      await runs.run('a.json');
      expect(runs.lines.map(({ text }) => text)).toEqual(elements);
      expect(await runs.run('a.json')).toEqual([]);
    }));

  it.each<[title: string, contents: string[], texts: string[], skipped: number]>([
    [
      'an array',
      ['[{"a":1},1,2,{"b":2}', ',3,{"c":3},4', ',{"d":4}]'],
      ['{"a":1}', '{"b":2}', '{"c":3}', '{"d":4}'],
      4,
    ],
    ['an array that was cut within an element', ['[{"a":1},1,{"b', '":2},2]'], ['{"a":1}', '{"b":2}'], 2],
    ['an array that was cut within a number', ['[{"a":1},1', '2,{"b":2}]'], ['{"a":1}', '{"b":2}'], 1],
    ['an array with a line behind its end', ['[{"a":1},1]', '\n'], ['{"a":1}'], 1],
  ])('reads on what was added to %s, and counts each element once', (_, contents, texts, skipped) =>
    onRuns(async (runs, bench) => {
      const ledgers: FollowLedger[] = [];
      for (const [n, content] of contents.entries()) {
        await bench.append('a.json', content);
        await runs.run('a.json');
        expect(runs.faults()).toEqual([n < contents.length - 1 && !content.endsWith(']') ? 'bad-json' : undefined]);
        ledgers.push(...runs.files.map(({ ledger }) => ledger));
      }
      const sum = (key: 'lines' | 'skipped') => ledgers.reduce((total, ledger) => total + ledger[key], 0);
      expect(runs.lines.map(({ text }) => text)).toEqual(texts);
      expect([sum('lines'), sum('skipped')]).toEqual([texts.length + skipped, skipped]);
    }),
  );

  it('gives nothing of what begins behind the end of an array', () =>
    onRuns(async (runs, bench) => {
      await bench.append('a.json', '[{"a":1}]');
      await runs.run('a.json');
      await bench.append('a.json', '\n[{"b":2},{"c":3}]');
      expect(await runs.run('a.json')).toEqual([]);
      expect(runs.faults()).toEqual(['bad-json']);
    }));

  it('tells what cannot be read, and reads the rest', () =>
    onRuns(async (runs, bench) => {
      await mkdir(bench.path('folder'));
      await bench.append('a.log', '1\n');
      expect(await runs.run('folder', 'missing.log', 'a.log')).toEqual(['1']);
      expect(runs.faults()).toEqual(['unreadable', 'unreadable', undefined]);
      expect(runs.files.map(({ position }) => position === null)).toEqual([true, true, false]);
    }));

  it.each<[title: string, meanwhile: (bench: Bench) => Promise<unknown>]>([
    ['replaced', (bench) => writeFile(bench.path('a.log'), 'x\ny\n')],
    ['deleted', (bench) => rm(bench.path('a.log'))],
  ])('leaves a file to the next run that was %s since the start of this one', (_title, meanwhile) =>
    onRuns(async (runs, bench) => {
      await bench.append('a.log', '1\n2\n');
      const [file] = await runs.open(['a.log']);
      await meanwhile(bench);
      expect(await file?.read(() => expect.fail())).toBe(0);
      expect([file?.ended, file?.fault?.code]).toEqual([true, 'unreadable']);
    }),
  );

  it('tells a file that is emptied while it is read', () =>
    onRuns(async (runs, bench) => {
      await bench.append('a.log', 'x\n'.repeat(1_000_000));
      const [file] = await runs.open(['a.log']);
      await file?.read(() => {});
      await writeFile(bench.path('a.log'), '');
      expect(await file?.read(() => {})).toBe(0);
      expect([file?.ended, file?.fault?.code]).toEqual([true, 'unreadable']);
    }));
});

async function readPiped(chunks: readonly Buffer[]): Promise<{ file: WholeFile; lines: LogLine[] }> {
  const lines: LogLine[] = [];
  const [file] = await openWholeFiles({
    sources: [{ name: '-', sizeBytes: null }],
    positions: [],
    maxLineBytes: 1000,
    onReject: () => {},
    stdin: Readable.from(chunks),
  });
  if (file === undefined) throw new Error('one source, no file');
  while (!file.ended) await file.read((line) => lines.push(line));
  return { file, lines };
}

describe('openWholeFiles with standard input', () => {
  it('has no position, and nothing after its end', async () => {
    const { file, lines } = await readPiped([Buffer.from('1\n2\n'), Buffer.from('3')]);
    expect(lines.map(({ text }) => text)).toEqual(['1', '2', '3']);
    expect([file.position, file.atEnd, file.lagBytes, await file.read(() => {})]).toEqual([null, true, 0, 0]);
  });

  it('may be closed before its end', () =>
    onRuns(async (runs) => {
      const stdin = new PassThrough();
      const [file] = await runs.open(['-'], { stdin });
      stdin.write('1\n');
      await file?.close();
      expect(file?.ended).toBe(false);
    }));
});
