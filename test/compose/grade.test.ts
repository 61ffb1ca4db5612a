import { expect, it } from 'vitest';
import { confidenceOfRule, corroborationOf, resolutionOf, severityOf } from '../../src/compose/grade.ts';
import type { Incident } from '../../src/model/incident.ts';
import { LEVELS } from '../../src/model/rule.ts';
import { incidentOf, ruleOf, totalOf } from './fixtures.ts';

it('maps every level to a severity, and every outcome to a resolution', () => {
  expect(LEVELS.map(severityOf)).toEqual(['Info', 'Low', 'Medium', 'High', 'Critical']);
  expect((['attempt', 'refused', 'success'] as const).map(resolutionOf)).toEqual(['detected', 'blocked', 'allowed']);
});

it.each([
  ['stable', 'High'],
  ['test', 'Medium'],
  [null, 'Medium'],
  ['experimental', 'Low'],
  ['deprecated', 'Low'],
  ['unsupported', 'Low'],
])('trusts a rule of status %s: %s', (status, confidence) => {
  expect(confidenceOfRule(ruleOf({ status }))).toBe(confidence);
});

const weak = totalOf({ rule: ruleOf({ level: 'low' }) });
const other = totalOf({ rule: ruleOf({ id: 'other', level: 'low' }) });
const correlation = totalOf({ rule: ruleOf({ id: 'many', kind: 'correlation', level: 'medium' }) });

it.each<[string, Partial<Incident>, string, number]>([
  ['one weak rule, few matches', { rules: [weak] }, 'Low', 0],
  ['one strong rule', { rules: [totalOf()] }, 'Medium', 1],
  ['two weak rules', { rules: [weak, other] }, 'Medium', 1],
  [
    'a severe correlation, which is one sign and not two',
    { rules: [totalOf({ rule: ruleOf({ kind: 'correlation' }) })] },
    'Medium',
    1,
  ],
  ['a correlation of many matches', { rules: [correlation, weak], hits: 10 }, 'Medium', 2],
  ['two rules, one strong, many matches', { rules: [totalOf(), other], hits: 10 }, 'High', 3],
  ['all signs', { rules: [totalOf(), other, correlation], hits: 10 }, 'High', 4],
])('grades %s', (_, changes, confidence, signs) => {
  const corroboration = corroborationOf(incidentOf(changes));
  expect(corroboration.confidence).toBe(confidence);
  expect(corroboration.signs).toHaveLength(signs);
});
