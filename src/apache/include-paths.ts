import { globSync, readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

const WILDCARD = /[*?[]/;

/**
 * The files that `Include` means, in the order in which Apache reads them: one file, all files below a folder, or what
 * wildcards match ("Include Directive", Apache HTTP Server 2.4, core). Empty if there are none.
 */
export function includedPaths(path: string): string[] {
  // To Apache, two asterisks mean nothing special.
  const glob = path.replace(/\*+/g, '*');
  const paths = WILDCARD.test(path) ? globSync(glob) : [path];
  return paths.sort(compare).flatMap(filesAt);
}

function filesAt(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort(compare);
}

/** Folder by folder, each by code unit. */
function compare(a: string, b: string): number {
  const [left, right] = [a.replaceAll(sep, '\0'), b.replaceAll(sep, '\0')];
  return left < right ? -1 : left > right ? 1 : 0;
}
