import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { configurationPage, schemaJson } from '../docs/generate.ts';

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
