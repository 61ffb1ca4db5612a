import { expect, it } from 'vitest';
import { nextSteps } from '../../src/compose/next-steps.ts';
import { incidentOf, ruleOf, totalOf } from './fixtures.ts';

it('begins with what was left behind when something succeeded', () => {
  expect(nextSteps(incidentOf({ outcome: 'success' }))[0]).toContain('since 2025-10-10 13:55:36 UTC');
});

it('asks for no patches where all was refused', () => {
  const steps = nextSteps(incidentOf({ outcome: 'refused' })).join('\n');
  expect(steps).not.toContain('patched');
  expect(steps).toContain('allow-list');
});

it('advises by technique, sub-techniques included, each once', () => {
  const rules = ['T1110.001', 'T1110.003'].map((technique) => totalOf({ rule: ruleOf({ techniques: [technique] }) }));
  expect(nextSteps(incidentOf({ rules })).filter((step) => step.includes('log-in'))).toHaveLength(1);
});
