import type { Rule } from '../../model/rule.ts';
import type { RuleSet } from '../load/rule-set.ts';
import { requirementOf } from '../prefilter/requirement.ts';
import type { Field } from './field.ts';
import { fieldOf } from './fields.ts';
import type { Item, Node, Spot } from './node.ts';

/** A field that a rule or one of its filters asks for, and that a log format does not have. */
export interface MissingField extends Spot {
  readonly field: string;
  /** The LogFormat directive that would log it. */
  readonly directive: string;
}

/** A rule that can never match what a log format holds. */
export interface Unreachable {
  readonly rule: Rule;
  /** Each field once, where it is first asked for. Empty when the rule is not for access logs at all. */
  readonly missing: readonly MissingField[];
}

/**
 * Finds the rules that can never match, and the items that are why.
 *
 * @param fields - Sigma names of the fields that the format logs
 */
export function reachability(ruleSet: RuleSet, fields: ReadonlySet<string>): readonly Unreachable[] {
  const logged = new Set([...fields].map((name) => fieldOf(name).name));
  return ruleSet.compiled.flatMap(({ rule, node, filters, isForAccessLogs }) => {
    if (!isForAccessLogs) return [{ rule, missing: [] }];
    const missing = new Map<string, MissingField>();
    for (const item of [node, ...filters.map((filter) => filter.node)].flatMap((one) => obstacles(one, true, logged))) {
      for (const { name, directives } of missingFields(item, logged)) {
        if (!missing.has(name)) missing.set(name, { field: name, directive: directives[0] ?? '', ...item.locate() });
      }
    }
    return missing.size === 0 ? [] : [{ rule, missing: [...missing.values()] }];
  });
}

/** Rules that are evaluated on each line, since nothing that they must hold can be looked for beforehand. */
export function unfilteredRules(ruleSet: RuleSet): readonly Unfiltered[] {
  return ruleSet.compiled
    .filter(({ node }) => requirementOf(node) === null)
    .map(({ rule, locate }) => ({ rule, ...locate() }));
}

/** A rule that costs something on every line; the place is its condition. */
export interface Unfiltered extends Spot {
  readonly rule: Rule;
}

/** The items because of which a condition cannot come out as wanted; none when it can. */
function obstacles(node: Node, wanted: boolean, logged: ReadonlySet<string>): readonly Item[] {
  if (node.type === 'not') return obstacles(node.node, !wanted, logged);
  if (node.type === 'atom') return obstacles(node.node, wanted, logged);
  if (node.type === 'item') {
    const isAbsence = node.test.kind === 'presence' && !node.test.wanted;
    return isAbsence === wanted || missingFields(node, logged).length === 0 ? [] : [node];
  }
  const parts = node.nodes.map((part) => obstacles(part, wanted, logged));
  const needsAll = (node.type === 'and') === wanted;
  return needsAll || parts.every((items) => items.length > 0) ? parts.flat() : [];
}

/** Fields that are computed from the request line are there when it, or what it is made of, is logged. */
function missingFields({ field, test }: Item, logged: ReadonlySet<string>): readonly Field[] {
  const asked = test.kind === 'reference' ? [field, test.other] : [field];
  return asked.filter(
    ({ name, directives }) =>
      directives.length > 0 && !logged.has(name) && !(name.startsWith('x-') && logged.has('c-uri')),
  );
}
