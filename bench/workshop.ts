import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { makeFlood } from './make-flood.ts';
import { type LogOptions, makeLog } from './make-log.ts';
import { NEEDLES } from './needles.ts';

/** Makes what the measured commands read, in a folder. */

const ROOT = join(import.meta.dirname, '..');
const CLI = join(ROOT, 'dist', 'cli.js');
const PARTS = 8;

export interface LogFile {
  readonly path: string;
  readonly lines: number;
}

export function writeLog(folder: string, name: string, options: Partial<LogOptions> & { lines: number }): LogFile {
  const path = join(folder, name);
  writeChunks(path, makeLog(options));
  return { path, lines: options.lines };
}

/** A flood from so many forged addresses. */
export function writeFlood(folder: string, name: string, options: { addresses: number; seed: number }): LogFile {
  const path = join(folder, name);
  return { path, lines: writeChunks(path, makeFlood(options)) };
}

/** Returns the number of lines. */
function writeChunks(path: string, chunks: Iterable<string>): number {
  const file = openSync(path, 'w');
  let lines = 0;
  for (const chunk of chunks) {
    writeSync(file, chunk, null, 'latin1');
    for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', at + 1)) lines++;
  }
  closeSync(file);
  return lines;
}

/** The log's beginning, for programs that would read it for hours; the log itself when it is no longer. */
export function headOf(log: LogFile, lines: number): LogFile {
  if (log.lines <= lines) return log;
  const path = `${log.path}.${lines}`;
  const file = openSync(path, 'w');
  execFileSync('head', ['-n', String(lines), log.path], { stdio: ['ignore', file, 'inherit'] });
  closeSync(file);
  return { path, lines };
}

export interface Archives {
  readonly gz: readonly string[];
  readonly zst: readonly string[];
}

/** The log cut into parts, one after the other, as rotation leaves them. */
export function archivesOf({ path, lines }: LogFile, folder: string): Archives {
  mkdirSync(folder);
  execFileSync('split', ['-l', String(Math.ceil(lines / PARTS)), path, join(folder, 'access.log.')]);
  const parts = readdirSync(folder).sort();
  const packed = (ending: string, pack: (bytes: Buffer) => Buffer) =>
    parts.map((part) => {
      const file = join(folder, `${part}.${ending}`);
      writeFileSync(file, pack(readFileSync(join(folder, part))));
      return file;
    });
  return { gz: packed('gz', gzipSync), zst: packed('zst', zstdCompressSync) };
}

/** Rules that stand alone, evenly spread over all of ours, in a folder of their own; all of them when there are no more. */
export function writeRules(folder: string, atMost: number): { folder: string; rules: number } {
  mkdirSync(folder);
  const all = readdirSync(join(ROOT, 'rules'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yml'))
    .sort()
    .filter((path) => !/^(?:correlation|filter):/m.test(readFileSync(join(ROOT, 'rules', path), 'utf8')));
  const count = Math.min(atMost, all.length);
  const lotOf = (i: number) => Math.floor((i * count) / all.length);
  const chosen = all.filter((_, i) => lotOf(i) !== lotOf(i - 1));
  for (const path of chosen) copyFileSync(join(ROOT, 'rules', path), join(folder, path.replaceAll(sep, '-')));
  return { folder, rules: chosen.length };
}

export function writeNeedles(folder: string): string {
  const path = join(folder, 'needles.txt');
  writeFileSync(path, `${NEEDLES.join('\n')}\n`);
  return path;
}

/** The product, as people start it. */
export function sightline(...args: string[]): string[] {
  return [process.execPath, CLI, ...args];
}

export function batch(files: readonly string[], ...options: string[]): string[] {
  return sightline('batch', ...files, '--dry-run', '--quiet', ...options);
}
