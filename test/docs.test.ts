import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { configurationPage, schemaJson } from '../docs/generate.ts';
import { GROWING } from '../src/deliver/growth.ts';
import { detector, readRules } from '../src/detect/detect.ts';
import { FIELD_NAMES } from '../src/detect/match/fields.ts';
import { RECOGNISERS } from '../src/detect/recognise/recognise.ts';
import { DEFAULT_LIMITS } from '../src/detect/view/text-maker.ts';
import { VIEW_NAMES } from '../src/detect/view/view.ts';
import { FAULT_KINDS } from '../src/sandbox/sandbox.ts';
import { entryOf } from './detect/entry.ts';

const docs = join(import.meta.dirname, '..', 'docs');
const read = (name: string) => readFileSync(join(docs, name), 'utf8');

describe('what is made from the configuration schema', () => {
  it.each([
    ['configuration.md', configurationPage],
    ['sightline.schema.json', schemaJson],
  ])('docs/%s is up to date (npm run docs)', (name, made) => {
    expect(read(name)).toBe(made);
  });

  it('the JSON schema judges as the program does', () => {
    const validate = new Ajv2020({ strict: false, formats: { uri: true } }).compile(JSON.parse(schemaJson));
    expect(validate({ logs: { format: 'combined' }, deliver: { region: 'eu' } })).toBe(true);
    expect(validate({})).toBe(true);
    expect(validate({ logs: { formt: 'combined' } })).toBe(false);
    expect(validate({ deliver: { region: 'mars' } })).toBe(false);
  });
});

describe('docs/rules.md', () => {
  const page = read('rules.md');

  it.each([...FIELD_NAMES, ...VIEW_NAMES, ...RECOGNISERS.map(({ name }) => name)])('tells of `%s`', (name) => {
    expect(page).toContain(`\`${name}\``);
  });

  it('tells how much of a text is looked at', () => {
    const { maxTextLength, maxParameters } = DEFAULT_LIMITS;
    expect(page).toContain(`the first ${maxTextLength / 1024} KiB are decoded`);
    expect(page).toContain(
      `the first ${maxParameters} parameters are addressed apart; from the ${maxParameters + 1}th on`,
    );
  });

  it('shows a rule that loads, whose proofs hold what they say', () => {
    const [, example = ''] = /```yaml\n(title: .*?)```/s.exec(page) ?? [];
    const { rules, warnings, proofs } = readRules([{ path: 'example.yml', text: example }]);
    expect(rules).toHaveLength(1);
    expect(warnings).toEqual([]);
    expect(proofs.flatMap(({ cases }) => cases.map(({ expects }) => expects))).toEqual(['match', 'ignore']);
  });
});

describe('what docs/rules.md shows of exceptions', () => {
  const [, example = ''] = /```yaml\n(detection:\n {2}scheme:.*?)```/s.exec(read('rules.md')) ?? [];
  const set = readRules([{ path: 'a.yml', text: `title: a\nlogsource: {category: webserver}\n${example}` }]);
  const detect = detector(set, { own: (entry) => entry });

  it.each([
    ['/?q=javascript:+basics', 0],
    ['/?q=javascript:+basics&u=javascript:alert(1)', 1],
  ])('%s', (target, hits) => {
    expect(detect(entryOf({ target }))).toHaveLength(hits);
  });
});

describe('docs/deliver.md', () => {
  const page = read('deliver.md');
  const { properties } = JSON.parse(schemaJson);
  const sections = Object.keys(properties).join('|');
  const settings = [...page.matchAll(new RegExp(`\`(${sections})\\.(\\w+)\``, 'g'))];

  it.each(settings.map(([text, section = '', key = '']) => ({ text, section, key })))(
    'names the setting $text as it is',
    ({ section, key }) => {
      expect(Object.keys(properties[section].properties)).toContain(key);
    },
  );

  it('names settings at all', () => {
    expect(settings.length).toBeGreaterThan(10);
  });

  it.each(FAULT_KINDS)('tells of the fault %s', (kind) => {
    expect(page).toMatch(new RegExp(`\`${kind}[:\`]`));
  });

  it.each(GROWING)('tells that %s may grow', (field) => {
    expect(page).toContain(`\`${field}\``);
  });
});
