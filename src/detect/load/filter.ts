import { compileDetection } from './detection.ts';
import { type Draft, isMapping, listOf } from './draft.ts';
import { readHead, readLogsource } from './head.ts';
import type { RuleFilter } from './rule-set.ts';

/** A filter document, read but not yet joined with the rules that it names. */
export interface Filter extends RuleFilter {
  readonly draft: Draft;
  /** Names or ids; null for every rule that the log source covers. */
  readonly references: readonly string[] | null;
  readonly logsource: Readonly<Record<string, string>>;
}

/** Reads a document with a `filter` key (Sigma 2.1, "Filters"); null when there were faults, or it is out of use. */
export function readFilter(draft: Draft): Filter | null {
  const body = draft.body.filter;
  const place = ['filter'];
  const head = readHead(draft);
  if (head === 'skipped') return null;
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
  if (head === null || condition === null) return null;
  if (!condition.hasNot) {
    const hint = 'the rules match only where this condition holds: an allow-list says `not`';
    draft.warn([...place, 'condition'], hint);
  }
  const { id, title, path } = head;
  const logsource = readLogsource(draft);
  return { id, title, path, node: condition.node, draft, references: isAny ? null : references, logsource };
}

/** Whether the filter speaks of rules of that log source: every key that it names must be the rule's own. */
export function coversLogsource(filter: Filter, logsource: Readonly<Record<string, string>>): boolean {
  return Object.entries(filter.logsource).every(([key, value]) => logsource[key] === value);
}
