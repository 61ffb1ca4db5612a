import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { digestOf, readParsedRules } from '../../../src/detect/load/parsed-rules.ts';
import { writeParsedRules } from '../../../src/detect/load/write-parsed-rules.ts';
import { knownDocuments, readDocuments } from '../../../src/document/document.ts';

const RULE = 'title: One\nlevel: low\n---\ntitle: Two\ntags:\n  - attack.t1190\n';

async function parse(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-parsed-'));
  mkdirSync(join(folder, 'family'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'family', name), text);
  const path = join(folder, 'parsed.json');
  await writeParsedRules(folder, path);
  return readParsedRules(path);
}

it('holds the values of every document under the digest of its file', async () => {
  expect(await parse({ 'a.yml': RULE, 'b.txt': 'title: no rule' })).toEqual({
    [digestOf(RULE)]: [
      { title: 'One', level: 'low' },
      { title: 'Two', tags: ['attack.t1190'] },
    ],
  });
});

it('leaves out what has a fault, and what JSON cannot hold', async () => {
  expect(await parse({ 'fault.yml': 'a: 1\na: 2\n', 'nan.yaml': 'a: .nan\n' })).toEqual({});
});

it('is empty where nothing was written', async () => {
  expect(await readParsedRules(join(tmpdir(), 'no-such-folder', 'parsed.json'))).toEqual({});
});

it('tells of anything else that keeps it from being read', async () => {
  await expect(readParsedRules(tmpdir())).rejects.toThrow(/EISDIR/);
});

it('leaves faults their places', () => {
  const read = readDocuments('a.yml', RULE).documents;
  const known = knownDocuments(
    'a.yml',
    RULE,
    read.map(({ value }) => value),
  );
  for (const [index, document] of known.entries()) {
    expect(document.value).toEqual(read[index]?.value);
    expect(document.fault(['title'], 'bad', 'key')).toEqual(read[index]?.fault(['title'], 'bad', 'key'));
  }
  expect(known[1]?.fault(['tags', 0], 'bad')).toEqual({ path: 'a.yml', line: 6, col: 5, message: 'bad' });
});

it('is refused for a text that it is not of', () => {
  expect(() => knownDocuments('a.yml', '', [1])[0]?.fault([], 'bad')).toThrow('not those of the text');
});
