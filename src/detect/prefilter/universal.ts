import type { CompiledRule } from '../load/rule-set.ts';

/** Whether a rule matches every entry that has a request line, whatever else it says. */
export function isUniversal({ node, filters }: CompiledRule): boolean {
  if (filters.length > 0 || node.type !== 'item' || node.field.name !== 'x-request') return false;
  return node.test.kind === 'presence' && node.test.wanted;
}
