import type { Node } from '../match/node.ts';
import { compileDetection } from './detection.ts';
import { type Draft, isMapping, listOf } from './draft.ts';
import { readLogsource } from './head.ts';

/** A Sigma filter: what must also hold for the rules it names. */
export interface Filter {
  readonly draft: Draft;
  /** Names or ids; null for every rule that the log source covers. */
  readonly references: readonly string[] | null;
  readonly logsource: Readonly<Record<string, string>>;
  readonly node: Node;
}

/** Reads the `filter` key of a document (Sigma 2.1, "Filters"); null when there were faults. */
export function readFilter(draft: Draft): Filter | null {
  const body = draft.body.filter;
  const place = ['filter'];
  if (!isMapping(body)) {
    draft.fault(place, 'a filter is a mapping with rules, selections and a condition');
    return null;
  }
  const { rules } = body;
  const isAny = rules === undefined || rules === 'any' || (Array.isArray(rules) && rules.length === 0);
  const references = isAny ? [] : listOf(rules);
  if (!references.every((reference) => typeof reference === 'string')) {
    draft.fault([...place, 'rules'], 'a filter names its rules by id or name, or says any');
    return null;
  }
  const condition = compileDetection(draft, place, body, ['rules']);
  if (condition === null) return null;
  if (!condition.hasNot) {
    const hint = 'the rules match only where this condition holds: an allow-list says `not`';
    draft.warn([...place, 'condition'], hint);
  }
  return { draft, references: isAny ? null : references, logsource: readLogsource(draft), node: condition.node };
}

/** Whether the filter speaks of rules of that log source: every key that it names must be the rule's own. */
export function coversLogsource(filter: Filter, logsource: Readonly<Record<string, string>>): boolean {
  return Object.entries(filter.logsource).every(([key, value]) => logsource[key] === value);
}
