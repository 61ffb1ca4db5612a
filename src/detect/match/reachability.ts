import type { Rule } from '../../model/rule.ts';
import type { RuleSet } from '../load/rule-set.ts';
import { requirementOf } from '../prefilter/requirement.ts';
import { fieldOf } from './fields.ts';
import { type Item, itemsOf, type Node } from './node.ts';

/** A rule that can never match what a log format holds. */
export interface Unreachable {
  readonly rule: Rule;
  /** Sigma names of the fields that the format does not log. Empty when the rule is not for access logs at all. */
  readonly missing: readonly string[];
  /** LogFormat directives that would log them. */
  readonly directives: readonly string[];
  readonly reason: string;
}

/**
 * Finds the rules that can never match.
 *
 * @param fields - Sigma names of the fields that the format logs
 */
export function reachability(ruleSet: RuleSet, fields: ReadonlySet<string>): readonly Unreachable[] {
  const logged = new Set([...fields].map((name) => fieldOf(name).name));
  return ruleSet.compiled.flatMap(({ rule, node, isForAccessLogs }) => {
    if (!isForAccessLogs) {
      return [{ rule, missing: [], directives: [], reason: 'its log source is not that of access logs' }];
    }
    if (outcomesOf(node, logged).canBeTrue) return [];
    const items = itemsOf(node).filter((item) => isMissing(item, logged));
    const missing = new Map([...items].map(({ field }) => [field.name, field.directives[0] ?? '']));
    const names = [...missing.keys()];
    return [{ rule, missing: names, directives: [...missing.values()], reason: `the log has no ${names.join(', ')}` }];
  });
}

/** Rules that are evaluated on each line, since nothing that they must hold can be looked for beforehand. */
export function unfilteredRules(ruleSet: RuleSet): readonly Rule[] {
  return ruleSet.compiled.filter(({ node }) => requirementOf(node) === null).map(({ rule }) => rule);
}

interface Outcomes {
  readonly canBeTrue: boolean;
  readonly canBeFalse: boolean;
}

function outcomesOf(node: Node, logged: ReadonlySet<string>): Outcomes {
  if (node.type === 'not') {
    const { canBeTrue, canBeFalse } = outcomesOf(node.node, logged);
    return { canBeTrue: canBeFalse, canBeFalse: canBeTrue };
  }
  if (node.type === 'atom') return outcomesOf(node.node, logged);
  if (node.type === 'item') {
    if (!isMissing(node, logged)) return { canBeTrue: true, canBeFalse: true };
    const isTrue = node.test.kind === 'presence' && !node.test.wanted;
    return { canBeTrue: isTrue, canBeFalse: !isTrue };
  }
  const parts = node.nodes.map((part) => outcomesOf(part, logged));
  const every = (key: keyof Outcomes): boolean => parts.every((part) => part[key]);
  const some = (key: keyof Outcomes): boolean => parts.some((part) => part[key]);
  return node.type === 'and'
    ? { canBeTrue: every('canBeTrue'), canBeFalse: some('canBeFalse') }
    : { canBeTrue: some('canBeTrue'), canBeFalse: every('canBeFalse') };
}

/** Fields that are computed from the request line are there when it, or what it is made of, is logged. */
function isMissing({ field, test }: Item, logged: ReadonlySet<string>): boolean {
  const lacks = (name: string): boolean => {
    const { directives } = fieldOf(name);
    return directives.length > 0 && !logged.has(name) && !(name.startsWith('x-') && logged.has('c-uri'));
  };
  return lacks(field.name) || (test.kind === 'reference' && lacks(test.other.name));
}
