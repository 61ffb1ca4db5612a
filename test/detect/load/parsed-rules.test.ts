import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RULES } from '../../../src/detect/load/load-rules.ts';
import { digestOf, readParsedRules } from '../../../src/detect/load/parsed-rules.ts';
import { readRules } from '../../../src/detect/load/read-rules.ts';
import { writeParsedRules } from '../../../src/detect/load/write-parsed-rules.ts';
import { itemsOf, type Node } from '../../../src/detect/match/node.ts';
import { needlesOf } from '../../../src/detect/prefilter/requirement.ts';
import { knownDocuments, readDocuments } from '../../../src/document/document.ts';

const RULE = 'title: One\nlevel: low\n---\ntitle: Two\ntags:\n  - attack.t1190\n';
const RULES = `title: One
logsource: {category: webserver}
detection: {s: {'cs-uri-stem|re': '/wp-a[dn]min'}, condition: s}
---
title: Two
filter: {s: {sc-status: 404}, condition: not s}
`;

async function parse(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-parsed-'));
  mkdirSync(join(folder, 'family'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'family', name), text);
  const path = join(folder, 'parsed.json');
  await writeParsedRules(folder, path);
  return readParsedRules(path);
}

it('holds the value of every document under the digest of its file, and what was made of it', async () => {
  expect(await parse({ 'a.yml': RULES, 'b.txt': 'title: no rule' })).toEqual({
    [digestOf(RULES)]: [
      {
        value: {
          title: 'One',
          logsource: { category: 'webserver' },
          detection: { s: { 'cs-uri-stem|re': '/wp-a[dn]min' }, condition: 's' },
        },
        made: {
          head: { title: 'One', references: [], tags: [], falsepositives: [] },
          'literals of //wp-a[dn]min/': ['/wp-admin', '/wp-anmin'],
          'needles of ["detection","s","cs-uri-stem|re"]': [{ texts: expect.any(Array), cost: expect.any(Number) }],
        },
      },
      {
        value: { title: 'Two', filter: { s: { 'sc-status': 404 }, condition: 'not s' } },
        made: { head: { title: 'Two', references: [], tags: [], falsepositives: [] } },
      },
    ],
  });
});

it.each([
  ['a fault of its YAML', 'a: 1\na: 2\n'],
  ['a value that JSON cannot hold', 'a: .nan\n'],
  ['a fault of its rule', 'title: One\nlogsource: {category: webserver}\n'],
  ['a fault of its filter', 'title: One\nfilter: none\n'],
])('leaves out a file with %s', async (_, text) => {
  expect(await parse({ 'fault.yaml': text })).toEqual({});
});

it('is empty where nothing was written', () => {
  expect(readParsedRules(join(tmpdir(), 'no-such-folder', 'parsed.json'))).toEqual({});
});

it('tells of anything else that keeps it from being read', () => {
  expect(() => readParsedRules(tmpdir())).toThrow(/EISDIR/);
});

describe('the rules that come along', async () => {
  const texts = readdirSync(DEFAULT_RULES, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yml'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(DEFAULT_RULES, path), 'utf8') }));
  const parsed = await parse(Object.fromEntries(texts.map(({ path, text }) => [path.replaceAll('/', '_'), text])));
  const known = readRules(texts.map((file) => ({ ...file, known: parsed[digestOf(file.text)] })));
  const anew = readRules(texts);

  it('are all known', () => {
    expect(texts.filter(({ text }) => parsed[digestOf(text)] === undefined)).toEqual([]);
  });

  it('are what they are when they are read anew', () => {
    expect(known.rules).toEqual(anew.rules);
    expect(known.correlations).toEqual(anew.correlations);
    expect(known.warnings).toEqual(anew.warnings);
    expect(known.proofs.map(({ rule, cases }) => [rule, cases.map(({ stream }) => stream)])).toEqual(
      anew.proofs.map(({ rule, cases }) => [rule, cases.map(({ stream }) => stream)]),
    );
  });

  it('look for the same texts by the same means', () => {
    expect(known.compiled.map(({ node }) => meansOf(node))).toEqual(anew.compiled.map(({ node }) => meansOf(node)));
  });
});

/** By item, what its matchers need and how that is looked for. */
function meansOf(node: Node) {
  return itemsOf(node).map(({ label, field, test }) => [
    label,
    test.kind === 'text'
      ? test.matchers.map((matcher) => [matcher.label, matcher.literals, needlesOf(matcher, field)])
      : test.kind,
  ]);
}

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
