import { readdirSync, readFileSync, statSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { basename, dirname, join, relative, sep } from 'node:path';
import { type Fault, FaultsError, SightlineError } from '../../model/errors.ts';
import { digestOf, type ParsedRules, readParsedRules } from './parsed-rules.ts';
import { type RuleFile, readRules } from './read-rules.ts';
import type { RuleSet } from './rule-set.ts';

/** Folder of the rules that come along: at the top of the package, wherever in it this module was put. */
export const DEFAULT_RULES = join(dirname(findPackageJSON(import.meta.url) as string), 'rules'); // it is in a package

const RULE_FILE = /\.ya?ml$/i;

/** What names a licence in its own text, with its SPDX id. */
const LICENSES: readonly (readonly [RegExp, string])[] = [
  [/Detection Rule License/i, 'DRL-1.1'],
  [/MIT License|Permission is hereby granted, free of charge/i, 'MIT'],
  [/Apache License,?\s+Version 2\.0/i, 'Apache-2.0'],
  [/GNU AFFERO GENERAL PUBLIC LICENSE/i, 'AGPL-3.0'],
  [/GNU GENERAL PUBLIC LICENSE/i, 'GPL-3.0'],
];

/**
 * Reads every `.yml` and `.yaml` file below the given folders (or a file given itself), in order of path. A licence file
 * of a folder speaks for the rules in it and below it that name no licence.
 *
 * @throws FaultsError with every file that cannot be read or else every fault of every file; SightlineError `no-rules` for
 * a folder that cannot be read, or a file of another name
 */
export async function loadRules(folders: readonly string[]): Promise<RuleSet> {
  const parsed = readParsedRules();
  const faults: Fault[] = [];
  const files = folders.map((folder) => readFolder(folder, parsed, faults));
  if (faults.length > 0) throw new FaultsError(faults);
  const set = readRules(files.flat());
  const empty = folders.filter((_, index) => files[index]?.length === 0);
  return { ...set, warnings: [...empty.map(describeEmpty), ...set.warnings] };
}

function describeEmpty(path: string): Fault {
  return { path, line: 0, col: 0, message: 'no rules are here: no file below it ends in .yml or .yaml' };
}

/** Hundreds of small files: to wait for each would take several times as long. */
function readFolder(folder: string, parsed: ParsedRules, faults: Fault[]): readonly RuleFile[] {
  const paths = listFiles(folder);
  const licenses = new Map<string, string>();
  for (const path of paths.filter((name) => /^licen[sc]e/i.test(basename(name)))) {
    const text = readText(path, faults);
    const license = text === null ? null : licenseIn(text);
    if (license !== null) licenses.set(dirname(path), license);
  }
  const rules = paths.filter((path) => RULE_FILE.test(path));
  return rules.flatMap((path) => {
    const text = readText(path, faults);
    if (text === null) return [];
    return {
      path,
      relativePath: relative(folder, path).split(sep).join('/') || basename(path),
      text,
      license: licenseOf(dirname(path), folder, licenses),
      known: parsed[digestOf(text)],
    };
  });
}

/** Null, with a fault, for a file that cannot be read: a link to nothing, or one that is for others to read. */
function readText(path: string, faults: Fault[]): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    faults.push({ path, line: 0, col: 0, message: `cannot be read: ${reason}` });
    return null;
  }
}

/** Paths of all files below that are not hidden, sorted by code unit, whatever the system's order. */
function listFiles(folder: string): readonly string[] {
  try {
    if (!statSync(folder).isDirectory()) return [namedFile(folder)];
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
    const shown = paths.filter(
      (path) =>
        !relative(folder, path)
          .split(sep)
          .some((name) => name.startsWith('.')),
    );
    return shown.sort((a, b) => (a < b ? -1 : 1));
  } catch (error) {
    if (error instanceof SightlineError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new SightlineError('no-rules', `cannot read the rules in ${folder}: ${reason}`, { cause: error });
  }
}

function namedFile(path: string): string {
  if (RULE_FILE.test(path)) return path;
  throw new SightlineError('no-rules', `${path} holds no rules: expected a folder, or a file in .yml or .yaml`);
}

function licenseIn(text: string): string | null {
  const known = LICENSES.find(([pattern]) => pattern.test(text));
  const [title = ''] = text.trim().split('\n', 1);
  return known?.[1] ?? (title === '' ? null : title.slice(0, 100));
}

/** The licence of the nearest folder up to the rule folder itself. */
function licenseOf(folder: string, top: string, licenses: ReadonlyMap<string, string>): string | null {
  const own = licenses.get(folder);
  if (own !== undefined) return own;
  return relative(top, folder) === '' || dirname(folder) === folder ? null : licenseOf(dirname(folder), top, licenses);
}
