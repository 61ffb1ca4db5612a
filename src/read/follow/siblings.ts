import type { BigIntStats } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { fromStats, identityOf } from './contents.ts';
import { isMissing, reach } from './reach.ts';

/** Names looked at in one folder. */
const MAX_NAMES = 10_000;

const COMPRESSED = /\.(?:gz|zst)$/;
/** `.1` of logrotate, `.20261122`, `-20261122`, `.2026-11-22`, `-2026-11-22-05:00` and the like. */
const AFTER_NAME = /^[-._]\d[-._:T\d]*$/;
/** `access-20261122.log`, `access.1.log`; a shorter number after a hyphen may be another log's port. */
const BEFORE_EXTENSION = /^(?:[-._]\d{4}[-._:T\d]{4,}|\.\d{1,3})$/;
const EXTENSION = /\.[a-z]\w*$/i;
/** A number that grows with age; anything longer is a date, which does not. */
const AGE = /^[-._]\d{1,3}$/;

/** A file that bears the name of a log with more behind it. */
export interface Sibling {
  readonly path: string;
  readonly identity: string;
  readonly size: number;
  readonly modifiedMs: number;
  /** What rotation has put into the name, without the ending of an archive; null for any other name. */
  readonly mark: string | null;
  readonly compressed: boolean;
}

/**
 * What rotation puts into a log's name: `.1` of `access.log.1.gz` for `access.log`, an empty text if it has but been
 * compressed. Null if the name is not that of a rotated file of the log.
 */
export function rotationMark(name: string, log: string): string | null {
  return rotations(name).find((it) => it.log === log)?.mark ?? null;
}

/** Paths of the logs of which this may be a rotated file. */
export function logsOf(path: string): string[] {
  return rotations(basename(path)).map(({ log }) => join(dirname(path), log));
}

function rotations(name: string): { log: string; mark: string }[] {
  const plain = name.replace(COMPRESSED, '');
  const found = plain === name ? [] : [{ log: plain, mark: '' }];
  const extension = EXTENSION.exec(plain)?.[0] ?? '';
  for (const { index } of plain.matchAll(/[-._](?=\d)/g)) {
    const log = plain.slice(0, index);
    const after = plain.slice(index);
    const before = after.slice(0, after.length - extension.length);
    if (AFTER_NAME.test(after)) found.push({ log, mark: after });
    if (extension !== '' && BEFORE_EXTENSION.test(before)) found.push({ log: log + extension, mark: before });
  }
  return found;
}

/** The files in these folders whose names begin as the log's does, the newest first; links and folders left out. */
export async function findSiblings(log: string, folders: Iterable<string>): Promise<Sibling[]> {
  const base = basename(log);
  const stem = base.slice(0, base.length - extname(base).length);
  const siblings: Sibling[] = [];
  for (const folder of new Set(folders)) {
    const names = await reach(namesIn(folder, stem)).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const looks = await Promise.all(names.map((name) => lookAt(join(folder, name))));
    for (const [index, name] of names.entries()) {
      const path = join(folder, name);
      const stats = looks[index] ?? null;
      if (path === log || stats === null || !stats.isFile()) continue;
      siblings.push({
        path,
        identity: identityOf(fromStats(stats)),
        size: Number(stats.size),
        modifiedMs: Number(stats.mtimeMs),
        mark: rotationMark(name, base),
        compressed: COMPRESSED.test(name),
      });
    }
  }
  return siblings.sort((a, b) => b.modifiedMs - a.modifiedMs || compare(a.path, b.path));
}

/** Null if there is nothing of that name (any more). */
export async function lookAt(path: string): Promise<BigIntStats | null> {
  try {
    return await reach(stat(path, { bigint: true }));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function namesIn(folder: string, start: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of await opendir(folder)) {
    if (name.startsWith(start) && names.push(name) === MAX_NAMES) break;
  }
  return names;
}

/**
 * Rotated files, the oldest first. Numbers and dates in the names tell the order better than times of change, which
 * compression may touch; those decide where both kinds of names are met.
 */
export function byAge(rotated: readonly Sibling[]): Sibling[] {
  const marks = rotated.map(({ mark }) => mark ?? '');
  const ages = marks.filter((mark) => AGE.test(mark)).length;
  const plainFirst = (a: Sibling, b: Sibling) => Number(a.compressed) - Number(b.compressed);
  if (ages === marks.length) return rotated.toSorted((a, b) => numberOf(b) - numberOf(a) || plainFirst(a, b));
  if (ages === 0) return rotated.toSorted((a, b) => compareDates(a, b) || plainFirst(a, b));
  return rotated.toSorted((a, b) => a.modifiedMs - b.modifiedMs || plainFirst(a, b));
}

function numberOf({ mark }: Sibling): number {
  return Number(mark?.slice(1));
}

function compareDates(a: Sibling, b: Sibling): number {
  const [left, right] = [a, b].map(({ mark }) => (mark ?? '').split(/\D+/).map(Number));
  if (left === undefined || right === undefined) return 0;
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
