import type { AccessLogEntry } from '../../model/entry.ts';
import type { Rule } from '../../model/rule.ts';
import type { CompiledRule, RuleFilter, RuleSet } from '../load/rule-set.ts';
import { Subject } from '../view/subject.ts';
import { DEFAULT_LIMITS } from '../view/text-maker.ts';
import { find, holds, UNKNOWN } from './evaluate.ts';
import { FIELD_NAMES, fieldOf } from './fields.ts';
import { type Item, isTextItem, itemsOf, type Node } from './node.ts';
import { type MatchPlace, placeOf } from './place.ts';

/** One line of a selection, on one entry. */
export interface ItemExplanation {
  readonly selection: string;
  readonly field: string;
  /** The field with its modifiers, as the rule has it. */
  readonly label: string;
  readonly isTrue: boolean;
  /** Whether it stands under a `not`: there it must be false. */
  readonly isNegated: boolean;
  /** View and text that made it true; null where no text did. */
  readonly view: string | null;
  readonly text: string | null;
  /** Where that text was written; null, too, where it cannot be found again. */
  readonly place: MatchPlace | null;
}

/** A filter of a rule, on one entry. */
export interface FilterExplanation {
  readonly id: string;
  readonly title: string;
  readonly path: string;
  /** Where its condition does not hold, it suppresses the rule. */
  readonly holds: boolean;
  readonly items: readonly ItemExplanation[];
}

/** A rule that matched an entry, or of which at least one text did. */
export interface RuleExplanation {
  readonly rule: Rule;
  readonly matched: boolean;
  /** Whether the rule's own condition holds, and a filter is why it did not match. */
  readonly suppressed: boolean;
  /** Of the rule's own condition. */
  readonly items: readonly ItemExplanation[];
  readonly filters: readonly FilterExplanation[];
}

/** A value of a field, in each view that differs from the one before. */
export interface FieldExplanation {
  readonly field: string;
  readonly views: readonly { readonly name: string; readonly text: string }[];
}

export interface Explanation {
  readonly fields: readonly FieldExplanation[];
  /** Those that matched first, then those that a filter suppressed, then those nearest to it. */
  readonly rules: readonly RuleExplanation[];
}

/** Fields that say the same as others do. */
const REPEATED: readonly string[] = ['keywords', 'x-input', 'x-request', 'x-path-segment', 'x-path-shape', 'c-uri'];

/** Tells what the matcher saw in an entry, and how near each rule came. */
export function explain(ruleSet: RuleSet, entry: AccessLogEntry): Explanation {
  const subject = new Subject(entry, DEFAULT_LIMITS, { cut: 0 });
  const rules = ruleSet.compiled
    .filter((rule) => rule.isForAccessLogs)
    .map((rule) => explainRule(rule, subject))
    .filter(
      ({ matched, suppressed, items }) =>
        matched || suppressed || items.some(({ isTrue, isNegated, view }) => isTrue && !isNegated && view !== null),
    );
  return {
    fields: explainFields(subject),
    rules: rules.toSorted((a, b) => nearness(b) - nearness(a)),
  };
}

function explainFields(subject: Subject): readonly FieldExplanation[] {
  const names = new Set(FIELD_NAMES.map((name) => fieldOf(name).name));
  const shown = [...names].filter((name) => !REPEATED.includes(name));
  return shown.flatMap((field) =>
    subject
      .valuesOf(fieldOf(field))
      .flatMap((value) =>
        value.map((text) => ({ field, views: text.views().map(({ name, text: seen }) => ({ name, text: seen })) })),
      ),
  );
}

function explainRule({ rule, node, filters }: CompiledRule, subject: Subject): RuleExplanation {
  const explained = filters.map((filter) => explainFilter(filter, subject));
  const detected = holds(node, subject, UNKNOWN);
  const passes = explained.every((filter) => filter.holds);
  return {
    rule,
    matched: detected && passes,
    suppressed: detected && !passes,
    items: explainItems(node, subject),
    filters: explained,
  };
}

function explainFilter({ id, title, path, node }: RuleFilter, subject: Subject): FilterExplanation {
  return { id, title, path, holds: holds(node, subject, UNKNOWN), items: explainItems(node, subject) };
}

function explainItems(node: Node, subject: Subject): readonly ItemExplanation[] {
  const negated = new Set(negatedItems(node, false));
  const items = itemsOf(node).flatMap((item) => (isTextItem(item) ? [item, ...item.test.except] : [item]));
  return items.map((item) => {
    const finding = find(item, subject, UNKNOWN);
    const view = finding?.view ?? null;
    return {
      selection: item.selection,
      field: item.field.name,
      label: item.label,
      isTrue: finding !== null,
      isNegated: negated.has(item),
      view: view?.name ?? null,
      text: view === null || finding === null ? null : view.text.slice(finding.span.start, finding.span.end),
      place: finding === null ? null : placeOf(finding, subject),
    };
  });
}

function* negatedItems(node: Node, isNegated: boolean): Generator<Item> {
  if (node.type === 'atom') return;
  if (node.type === 'not') yield* negatedItems(node.node, !isNegated);
  else if (node.type !== 'item') for (const part of node.nodes) yield* negatedItems(part, isNegated);
  else if (isNegated) yield node;
  else if (isTextItem(node)) yield* node.test.except;
}

/** 2 for a match, 1 for a rule that only a filter kept from it, else the share of the items that are as the rule wants them. */
function nearness({ matched, suppressed, items }: RuleExplanation): number {
  if (matched || suppressed) return matched ? 2 : 1;
  return items.filter(({ isTrue, isNegated }) => isTrue !== isNegated).length / Math.max(1, items.length);
}
