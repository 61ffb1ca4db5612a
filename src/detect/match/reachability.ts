import { type CorrelationRule, meets } from '../../model/correlation.ts';
import type { Rule } from '../../model/rule.ts';
import type { RuleSet } from '../load/rule-set.ts';
import { requirementOf } from '../prefilter/requirement.ts';
import type { Field } from './field.ts';
import { fieldOf, isKnownField } from './fields.ts';
import type { Item, Node, Spot } from './node.ts';

/** A field that a rule, one of its filters or a correlation asks for, and that a log format does not have. */
export interface MissingField extends Spot {
  readonly field: string;
  /** The LogFormat directive that would log it. */
  readonly directive: string;
}

/** A rule that can never match what a log format holds, or a correlation that can never fire. */
export interface Unreachable {
  readonly rule: Rule;
  /** Each field once, where it is first asked for. Empty when the rule is not for access logs at all. */
  readonly missing: readonly MissingField[];
}

/**
 * Finds the rules that can never match, and the items that are why; and the correlations that can never fire, because an event
 * without a field that they group or count by does not count (Sigma 2.1, "Correlation rules"), or because too few of their
 * rules can match.
 *
 * @param fields - Sigma names of the fields that the format logs
 */
export function reachability(ruleSet: RuleSet, fields: ReadonlySet<string>): readonly Unreachable[] {
  const logged = new Set([...fields].map((name) => fieldOf(name).name));
  const rules = ruleSet.compiled.flatMap(({ rule, node, filters, isForAccessLogs }): Unreachable[] => {
    if (!isForAccessLogs) return [{ rule, missing: [] }];
    const missing = new Map<string, MissingField>();
    for (const item of [node, ...filters.map((filter) => filter.node)].flatMap((one) => obstacles(one, true, logged))) {
      for (const { name, directives } of missingFields(item, logged)) {
        if (!missing.has(name)) missing.set(name, { field: name, directive: directives[0] ?? '', ...item.locate() });
      }
    }
    return missing.size === 0 ? [] : [{ rule, missing: [...missing.values()] }];
  });
  return [...rules, ...unreachableCorrelations(ruleSet, rules, logged)];
}

/** Correlations of correlations may come in any order: each one that is found may make others unreachable. */
function unreachableCorrelations(
  { correlations, correlationSpots }: RuleSet,
  rules: readonly Unreachable[],
  logged: ReadonlySet<string>,
): readonly Unreachable[] {
  const dead = new Map(rules.map((one) => [one.rule.id, one]));
  const found: Unreachable[] = [];
  const judge = (correlation: CorrelationRule): boolean => {
    const { rule } = correlation;
    const lacks = correlation.rules.map((id) => ({ id, keys: missingKeys(correlation, id, logged) }));
    const living = lacks.filter(({ id, keys }) => keys.length === 0 && !dead.has(id)).length;
    if (dead.has(rule.id) || canFire(correlation, living)) return false;
    const spotOf = correlationSpots.get(rule.id);
    const missing = new Map<string, MissingField>();
    for (const { id, keys } of lacks) {
      for (const { key, field, directive } of keys) {
        if (spotOf !== undefined && !missing.has(field)) missing.set(field, { field, directive, ...spotOf(key) });
      }
      for (const { field, directive } of dead.get(id)?.missing ?? []) {
        if (spotOf !== undefined && !missing.has(field)) missing.set(field, { field, directive, ...spotOf('rules') });
      }
    }
    const unreachable = { rule, missing: [...missing.values()] };
    dead.set(rule.id, unreachable);
    found.push(unreachable);
    return true;
  };
  while (correlations.some(judge));
  return found;
}

interface MissingKey extends Pick<MissingField, 'field' | 'directive'> {
  readonly key: 'group-by' | 'condition';
}

/** What an event of a rule lacks to count. */
function missingKeys(
  { groupBy, fields, aliases }: CorrelationRule,
  ruleId: string,
  logged: ReadonlySet<string>,
): readonly MissingKey[] {
  const lacking = (names: readonly string[], key: MissingKey['key']) =>
    names.flatMap((name): MissingKey[] => {
      const field = fieldOf(aliases[name]?.[ruleId] ?? name);
      return isMissing(field, logged) ? [{ key, field: field.name, directive: field.directives[0] ?? '' }] : [];
    });
  return [...lacking(groupBy, 'group-by'), ...lacking(fields, 'condition')];
}

/** Whether so many of the rules that it refers to are enough: of `temporal` ones the condition counts rules, else events. */
function canFire({ type, condition }: CorrelationRule, living: number): boolean {
  if (!type.startsWith('temporal')) return living > 0;
  return Array.from({ length: living }, (_, index) => index + 1).some((count) => meets(condition, count));
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
  return asked.filter((one) => isMissing(one, logged));
}

function isMissing({ name, directives }: Field, logged: ReadonlySet<string>): boolean {
  return directives.length > 0 && !logged.has(name) && !(isComputed(name) && logged.has('c-uri'));
}

/** Sightline's own fields, which a logged header may be called like. */
function isComputed(name: string): boolean {
  return name.startsWith('x-') && isKnownField(name);
}
