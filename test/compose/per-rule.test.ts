import { expect, it } from 'vitest';
import { perRule } from '../../src/compose/per-rule.ts';
import { ruleOf } from './fixtures.ts';

it('makes a thing once for a rule, and anew for a rule that was loaded anew', () => {
  const asked: string[] = [];
  const titleOf = perRule(({ title }) => {
    asked.push(title);
    return `**${title}**`;
  });
  const [old, loaded] = [ruleOf({ title: 'old' }), ruleOf({ title: 'new' })];
  expect([old, old, loaded, old].map(titleOf)).toEqual(['**old**', '**old**', '**new**', '**old**']);
  expect(asked).toEqual(['old', 'new']);
});
