import {
  type Explanation,
  explain,
  type FilterExplanation,
  type ItemExplanation,
  type RuleExplanation,
  type RuleSet,
} from '../../detect/detect.ts';
import type { AccessLogEntry } from '../../model/entry.ts';
import type { LogLine } from '../../model/line.ts';
import type { RejectCode } from '../../model/reject.ts';
import { type FormatSuggestion, isReject, type LineParser, suggestFormat } from '../../parse/parse.ts';
import { type Bytes, matchLocator } from './locate-match.ts';

/** A line that is no entry, and what it may be. */
export interface Unreadable {
  readonly line: LogLine;
  readonly code: RejectCode;
  /** A format that would fit. */
  readonly better: FormatSuggestion | null;
}

/** An item of a rule, with the bytes of the line that made it true; null where they cannot be told. */
export interface LocatedItem extends Omit<ItemExplanation, 'place'> {
  readonly bytes: Bytes | null;
}

export interface LocatedFilter extends Omit<FilterExplanation, 'items'> {
  readonly items: readonly LocatedItem[];
}

export interface ExplainedRule extends Omit<RuleExplanation, 'items' | 'filters'> {
  readonly items: readonly LocatedItem[];
  readonly filters: readonly LocatedFilter[];
}

/** Everything that can be told about a line by itself. */
export interface ExplainedLine {
  readonly entry: AccessLogEntry;
  readonly fields: Explanation['fields'];
  /** Those that matched first, then those that a filter suppressed, then those nearest to it. */
  readonly rules: readonly ExplainedRule[];
  /** The allow-list entry because of which nothing of this is reported. */
  readonly allowed: string | null;
}

export interface ExplainTools {
  readonly parse: LineParser;
  readonly rules: RuleSet;
  readonly allowed: (entry: AccessLogEntry) => string | null;
}

/** Explains one line. */
export function explainLine(line: LogLine, { parse, rules, allowed }: ExplainTools): ExplainedLine | Unreadable {
  const entry = parse(line);
  if (isReject(entry)) return { line, code: entry.code, better: suggestFormat([line.text]) };
  const found = explain(rules, entry);
  const find = matchLocator(line.text);
  const locate = (items: readonly ItemExplanation[]): LocatedItem[] =>
    items.map(({ place, ...item }) => ({ ...item, bytes: place === null ? null : find(place) }));
  return {
    entry,
    fields: found.fields,
    rules: found.rules.map((rule) => ({
      ...rule,
      items: locate(rule.items),
      filters: rule.filters.map((filter) => ({ ...filter, items: locate(filter.items) })),
    })),
    allowed: allowed(entry),
  };
}

export function isUnreadable(result: ExplainedLine | Unreadable): result is Unreadable {
  return 'code' in result;
}
