import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readDocuments } from '../../document/document.ts';
import { digestOf } from './parsed-rules.ts';

/**
 * A step of the build: reads the YAML of all rules below `folder` once, so that no run has to. A file with a fault, or with a
 * value that JSON does not hold, is left to be read as YAML.
 */
export async function writeParsedRules(folder: string, path: string): Promise<void> {
  const parsed: Record<string, readonly unknown[]> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.ya?ml$/i.test(entry.name)) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
    const { documents, faults } = readDocuments(entry.name, text);
    const values = documents.map(({ value }) => value);
    if (faults.length === 0 && isDeepStrictEqual(JSON.parse(JSON.stringify(values)), values)) {
      parsed[digestOf(text)] = values;
    }
  }
  await writeFile(path, JSON.stringify(parsed));
}
