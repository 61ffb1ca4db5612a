import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkRules, type RuleCheck } from '../src/commands/rules/check.ts';
import { CORRELATOR_DEFAULTS } from '../src/correlate/correlate.ts';
import { loadRules } from '../src/detect/detect.ts';
import { readDocuments } from '../src/document/document.ts';
import { describeFault } from '../src/model/errors.ts';
import type { Rule } from '../src/model/rule.ts';
import { findFormat } from '../src/parse/parse.ts';
import { ROOT } from './support/run-cli.ts';

const FOLDER = join(ROOT, 'rules');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const { rules, correlations, proofs, warnings } = await loadRules([FOLDER]);
const all: readonly Rule[] = [...rules, ...correlations.map(({ rule }) => rule)];
const proofsOf = ({ id }: Rule, expects: string) =>
  proofs.find(({ rule }) => rule.id === id)?.cases.filter((proof) => proof.expects === expects).length ?? 0;

/** Paths of the rules that fail a test: the message names them all at once. */
const failing = (test: (rule: Rule) => boolean) => all.filter((rule) => !test(rule)).map(({ path }) => path);

/** Every document as it is written. */
const documents = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.yml'))
  .flatMap((path) =>
    readDocuments(path, readFileSync(join(FOLDER, path), 'utf8')).documents.map(({ value }) => ({
      path,
      value: value as Readonly<Record<string, unknown>>, // the loader has found each to be a mapping
    })),
  );

describe('the rules that come along', () => {
  let check: RuleCheck;
  beforeAll(async () => {
    check = await checkRules([FOLDER], [], findFormat('combined'), CORRELATOR_DEFAULTS);
  }, 120_000);

  it('match what they must and ignore what they must', () => {
    expect(check.faults).toEqual([]);
    expect(check.proofs.length).toBeGreaterThan(all.length * 3);
    expect(check.proofs.flatMap(({ fault }) => (fault === null ? [] : describeFault(fault)))).toEqual([]);
  });

  it('can all match in combined logs', () => {
    expect(check.warnings.filter(({ message }) => message.includes('never')).map(describeFault)).toEqual([]);
  });

  it('give the loader nothing to warn of', () => {
    expect(warnings.map(describeFault)).toEqual([]);
  });

  it.each<[string, (rule: Rule) => boolean]>([
    ['a UUID', ({ id }) => UUID.test(id)],
    ['a title', ({ title }) => title.length >= 5],
    ['a status', ({ status }) => status !== null],
    ['a description', ({ description }) => (description?.length ?? 0) >= 20],
    ['an author', ({ author }) => author !== null],
    ['references, all of them https URLs', ({ references }) => references.length > 0 && references.every(isHttps)],
    ['an ATT&CK tag', ({ tags }) => tags.some((tag) => /^attack\.(?:t\d{4}|ta\d{4}|[a-z-]+)/.test(tag))],
    ['an ATT&CK technique that is understood', ({ techniques, tactics }) => techniques.length + tactics.length > 0],
    ['known false positives', ({ falsepositives }) => falsepositives.length > 0],
    ['two lines that must match', (rule) => proofsOf(rule, 'match') >= 2],
    ['two near misses', (rule) => proofsOf(rule, 'ignore') >= 2],
    ['a folder of its family', ({ path }) => /^[a-z0-9-]+\/[a-z0-9-]+\.yml$/.test(path)],
  ])('have %s', (_, test) => {
    expect(failing(test)).toEqual([]);
  });

  it.each(['date', 'level or filter', 'author', 'status', 'logsource or correlation'])(
    'say in their file: %s',
    (keys) => {
      const without = documents.filter(({ value }) => !keys.split(' or ').some((key) => value[key] !== undefined));
      expect(without.map(({ path }) => path)).toEqual([]);
    },
  );

  it('are dated as ISO 8601 has it', () => {
    expect(documents.filter(({ value }) => !/^20\d\d-\d\d-\d\d$/.test(String(value.date)))).toEqual([]);
  });

  it('have ids and titles of their own', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
  });
});

function isHttps(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:';
}
