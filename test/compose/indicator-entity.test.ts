import { expect, it } from 'vitest';
import { indicatorEntity, techniqueReference } from '../../src/compose/indicator-entity.ts';
import { checkEntity } from '../../src/ctim/ctim.ts';
import { optionsOf, ruleOf } from './fixtures.ts';

it('carries the author and the licence of a rule', () => {
  const rule = ruleOf({
    description: 'Finds *union*\nselect.',
    author: 'Jane Doe',
    license: 'DRL-1.1',
    status: 'stable',
    tags: ['attack.initial_access'],
    techniques: ['T1190'],
    tactics: ['TA0001'],
    references: ['https://example.org/a', 'A book, page 3', 'https://example.org/{bad}'],
  });
  const indicator = indicatorEntity(rule, optionsOf());
  expect(indicator).toMatchObject({
    type: 'indicator',
    title: 'SQL injection',
    short_description: 'Sigma rule sql-union',
    producer: 'Sightline',
    severity: 'High',
    confidence: 'High',
    tags: ['attack.initial_access'],
    kill_chain_phases: [{ kill_chain_name: 'mitre-attack', phase_name: 'initial-access' }],
    valid_time: { start_time: '1970-01-01T00:00:00.000Z' },
    external_references: [
      { external_id: 'T1190' },
      { url: 'https://example.org/a' },
      { description: 'A book, page 3' },
      { description: 'https://example.org/{bad}' },
    ],
  });
  expect(indicator.description).toBe(
    'Finds \\*union\\* select.\n\n- Author: Jane Doe\n- Licence: DRL-1.1\n- Rule: sql-union\n- Status: stable',
  );
  expect(checkEntity('indicator', indicator)).toBeNull();
});

it('is one for a rule, whatever the rule came to say', () => {
  const one = indicatorEntity(ruleOf({ kind: 'correlation' }), optionsOf());
  const other = indicatorEntity(ruleOf({ title: 'New title' }), optionsOf());
  expect(one.external_ids).toEqual(other.external_ids);
  expect(one.short_description).toBe('Sigma correlation sql-union');
});

it('stays within every limit of CTIM when the rule does not', () => {
  const long = '*'.repeat(6000);
  const texts = Array.from({ length: 200 }, (_, n) => `${n}${long}`);
  const rule = ruleOf({
    id: long,
    title: long,
    path: long,
    description: long,
    author: long,
    license: long,
    status: long,
    tags: texts,
    references: texts,
  });
  expect(checkEntity('indicator', indicatorEntity(rule, optionsOf()))).toBeNull();
});

it.each([
  ['T1190', 'https://attack.mitre.org/techniques/T1190/'],
  ['T1505.003', 'https://attack.mitre.org/techniques/T1505/003/'],
  ['odd', undefined],
])('refers to technique %s', (technique, url) => {
  expect(techniqueReference(technique).url).toBe(url);
});
