import { readdir, rename, rm, symlink } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bench, onBench } from './helpers.ts';

/** What may happen to a log and to its reader, one after the other. */
type Step =
  | { readonly kind: 'append'; readonly lines: number; readonly length: number }
  | { readonly kind: 'append-part' }
  | { readonly kind: 'rename'; readonly late: number }
  | { readonly kind: 'copytruncate' | 'switch-link' }
  | { readonly kind: 'compress'; readonly nth: number; readonly ending: 'gz' | 'zst' }
  | { readonly kind: 'start' | 'read-once' | 'read' | 'store' | 'stop' | 'kill' };

const append = fc.record({
  kind: fc.constant('append' as const),
  lines: fc.integer({ min: 1, max: 6 }),
  length: fc.constantFrom(0, 0, 10, 400),
});
const renameStep = fc.record({ kind: fc.constant('rename' as const), late: fc.integer({ min: 0, max: 2 }) });
const copyTruncate = fc.constant({ kind: 'copytruncate' as const });
const switchLink = fc.constant({ kind: 'switch-link' as const });
const compress = fc.record({
  kind: fc.constant('compress' as const),
  nth: fc.nat(3),
  ending: fc.constantFrom('gz' as const, 'zst' as const),
});
const readers = ['append-part', 'read-once', 'read-once', 'read', 'store', 'stop', 'kill', 'start', 'start'] as const;
const plain = fc.record({ kind: fc.constantFrom(...readers) });

function stepsOf(rotate: fc.Arbitrary<Step>): fc.Arbitrary<Step[]> {
  return fc.array(
    fc.oneof<fc.WeightedArbitrary<Step>[]>(
      { weight: 4, arbitrary: append },
      { weight: 3, arbitrary: rotate },
      { weight: 2, arbitrary: compress },
      { weight: 5, arbitrary: plain },
    ),
    { minLength: 5, maxLength: 40 },
  );
}

/** A server that writes numbered lines into a log, and what rotates it. */
class Writer {
  readonly written: string[] = [];
  private readonly bench: Bench;
  private part = '';
  private target = 'access.log';
  private days = 0;

  constructor(bench: Bench) {
    this.bench = bench;
  }

  async append(lines: number, length: number): Promise<void> {
    for (let i = 0; i < lines; i++) {
      const line = `${this.written.length} ${'x'.repeat(length)}`;
      await this.bench.append(this.target, `${line.slice(this.part.length)}\n`);
      this.part = '';
      this.written.push(line);
    }
  }

  async appendPart(): Promise<void> {
    if (this.part !== '') return;
    this.part = `${this.written.length} `;
    await this.bench.append(this.target, this.part);
  }

  /** Lines are late if they go into the file that has been renamed. */
  async rename(late: number): Promise<void> {
    await this.shift();
    await rename(this.bench.path('access.log'), this.bench.path('access.log.1'));
    this.target = 'access.log.1';
    await this.append(late + (this.part === '' ? 0 : 1), 3);
    this.target = 'access.log';
    await this.bench.append('access.log', '');
  }

  async copyTruncate(): Promise<void> {
    if (this.part !== '') await this.append(1, 0);
    await this.shift();
    await this.bench.copyTruncate('access.log', 'access.log.1');
  }

  async compress(nth: number, ending: 'gz' | 'zst'): Promise<void> {
    const name = (await this.rotated()).filter((it) => !/(?:gz|zst)$/.test(it))[nth];
    if (name !== undefined) await this.bench.compress(name, ending);
  }

  /** The log is a link to a file of the day. */
  async switchLink(): Promise<void> {
    if (this.part !== '') await this.append(1, 0);
    const name = `access-${20261101 + this.days++}.log`;
    await this.bench.append(name, '');
    await rm(this.bench.path('access.log'), { force: true });
    await symlink(name, this.bench.path('access.log'));
  }

  private async shift(): Promise<void> {
    for (const name of (await this.rotated()).reverse()) {
      const [, age, ending] = /^access\.log\.(\d+)(.*)$/.exec(name) ?? [];
      await rename(this.bench.path(name), this.bench.path(`access.log.${Number(age) + 1}${ending}`));
    }
  }

  /** The newest first; never what is being written. */
  private async rotated(): Promise<string[]> {
    const names = await readdir(this.bench.folder);
    const today = `access-${20261101 + this.days - 1}.log`;
    const age = (name: string) => Number(/\.(\d+)/.exec(name)?.[1] ?? -Number(/-(\d+)/.exec(name)?.[1]));
    return names.filter((name) => name !== 'access.log' && name !== today).sort((a, b) => age(a) - age(b));
  }
}

async function take(step: Step, writer: Writer, bench: Bench): Promise<void> {
  switch (step.kind) {
    case 'append':
      return writer.append(step.lines, step.length);
    case 'append-part':
      return writer.appendPart();
    case 'rename':
      return writer.rename(step.late);
    case 'copytruncate':
      return writer.copyTruncate();
    case 'switch-link':
      return writer.switchLink();
    case 'compress':
      return writer.compress(step.nth, step.ending);
    case 'start':
      if (!bench.isRunning) await bench.start();
      return;
  }
  if (!bench.isRunning) return;
  if (step.kind === 'read-once') await bench.readOnce();
  else if (step.kind === 'read') await bench.read();
  else if (step.kind === 'store') bench.store();
  else if (step.kind === 'stop') await bench.stop();
  else await bench.kill();
}

describe('a log that is rotated at random while its reader is stopped, killed and started again', () => {
  it.each<[title: string, rotate: fc.Arbitrary<Step>]>([
    ['renaming', renameStep],
    ['copying and truncating', copyTruncate],
    ['both by turns', fc.oneof(renameStep, copyTruncate)],
    ['switching a link', switchLink],
  ])('is given line by line, each once, in order: %s', async (_title, rotate) => {
    await fc.assert(
      fc.asyncProperty(stepsOf(rotate), (steps) =>
        onBench(async (bench) => {
          const writer = new Writer(bench);
          if (rotate === switchLink) await writer.switchLink();
          else await bench.append('access.log', '');
          await bench.start();
          bench.store();
          for (const step of steps) await take(step, writer, bench);
          if (!bench.isRunning) await bench.start();
          await writer.append(1, 0);
          await bench.read();
          expect(bench.lines.map(({ text }) => text)).toEqual(writer.written);
          expect(bench.codes()).not.toContain('lost');
        }),
      ),
      { numRuns: 25 },
    );
  });
});
