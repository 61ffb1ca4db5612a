import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readDocuments } from '../../document/document.ts';
import { digestOf, type KnownDocument } from './parsed-rules.ts';
import { isSound } from './read-rules.ts';

/**
 * A step of the build: reads all rules below `folder` once, so that no run has to. A file with a fault, or with something that
 * JSON does not hold, is left to be read anew.
 */
export async function writeParsedRules(folder: string, path: string): Promise<void> {
  const parsed: Record<string, readonly KnownDocument[]> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.ya?ml$/i.test(entry.name)) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
    const { documents, faults } = readDocuments(entry.name, text);
    const known = documents.map(({ value }): KnownDocument => ({ value, made: {} }));
    // Reading the documents fills in what is made of them.
    const isKnown = faults.length === 0 && isSound({ path: entry.name, text, known });
    if (isKnown && isDeepStrictEqual(JSON.parse(JSON.stringify(known)), known)) parsed[digestOf(text)] = known;
  }
  await writeFile(path, JSON.stringify(parsed));
}
