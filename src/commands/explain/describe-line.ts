import { toTerminal } from '../../escape/escape.ts';
import type { Comparison, CorrelationRule } from '../../model/correlation.ts';
import { type FormatSuggestion, formatText, type LogFormat } from '../../parse/parse.ts';
import { adviseOnStrange, describeLook } from '../../report/report.ts';
import { showBytes } from '../rules/show-bytes.ts';
import { shorten } from '../table.ts';
import type { ExplainedLine, ExplainedRule, LocatedItem, Unreadable } from './explain-line.ts';
import type { Feeding, WindowCount } from './feeding.ts';
import type { Bytes } from './locate-match.ts';

/** Rules shown that only came near. */
const MAX_NEAR = 5;
const MAX_SHOWN_TEXT = 300;
/** Bytes of the line shown on either side of what matched. */
const CONTEXT_BYTES = 40;
const FIELD_WIDTH = 14;

/** Sets off what matched: by colour, or null to underline it with carets. */
export type Highlight = ((text: string) => string) | null;

const SIGNS: Readonly<Record<Comparison['operator'], string>> = {
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  eq: '=',
  neq: '!=',
};
const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/** What is known about one line, for a person. Every text of the line is made safe for a terminal. */
export function describeLine(
  { entry, fields, rules, allowed }: ExplainedLine,
  feedings: readonly Feeding[],
  highlight: Highlight,
): string[] {
  const matching = rules.filter(({ matched }) => matched);
  const suppressed = rules.filter((rule) => rule.suppressed);
  const near = rules.filter((rule) => !rule.matched && !rule.suppressed);
  const describe = (rule: ExplainedRule) => describeRule(rule, entry.line.text, highlight);
  return [
    `Line ${entry.line.number}: ${showBytes(entry.line.text)}`,
    `  ${'time'.padEnd(FIELD_WIDTH)} ${new Date(entry.time).toISOString()}`,
    // The line itself stands above.
    ...fields.filter(({ field }) => field !== 'x-line').flatMap(describeField),
    ...(matching.length === 0 ? ['No rule matches.'] : ['These rules match:', ...matching.flatMap(describe)]),
    ...(suppressed.length === 0 ? [] : ['Filters suppress these rules:', ...suppressed.flatMap(describe)]),
    ...(near.length === 0 ? [] : ['These rules come near:', ...near.slice(0, MAX_NEAR).flatMap(describe)]),
    ...(near.length > MAX_NEAR ? [`  and ${near.length - MAX_NEAR} more, which --json shows`] : []),
    ...(allowed === null ? [] : [`Nothing of this is reported: allowed by ${toTerminal(allowed)}`]),
    ...(feedings.length === 0 ? [] : ['It counts for these correlations:', ...feedings.map(describeFeeding)]),
    '',
  ];
}

/** Why a line is no entry. */
export function describeUnreadable({ line, code, better }: Unreadable, format: LogFormat): string[] {
  return [
    `Line ${line.number}: ${showBytes(line.text, MAX_SHOWN_TEXT)}`,
    `  is no line of the format ${formatText(format)}: ${code}`,
    `  ${adviceOf(better, line.text)}`,
    '',
  ];
}

function adviceOf(better: FormatSuggestion | null, text: string): string {
  if (better === null) return `No known format fits: ${adviseOnStrange([text])}.`;
  return `It looks like ${describeLook({ ...better, format: formatText(better.format) })}.`;
}

/** How near several lines together bring a correlation to firing. */
export function describeWindow({ correlation, fired, count }: WindowCount): string {
  const reached = count === null ? '' : ` reached ${count} of`;
  return `  ${fired ? 'fires' : 'quiet'}  ${toTerminal(correlation.rule.title)}:${reached} ${conditionOf(correlation)}`;
}

function describeField({ field, views: [raw, ...others] }: ExplainedLine['fields'][number]): string[] {
  const show = (text: string) => toTerminal(shorten(text, MAX_SHOWN_TEXT));
  return [
    `  ${toTerminal(field).padEnd(FIELD_WIDTH)} ${show(raw?.text ?? '')}`,
    ...others.map(({ name, text }) => `  ${''.padEnd(FIELD_WIDTH)} ${name}: ${show(text)}`),
  ];
}

function describeRule({ rule, items, filters }: ExplainedRule, line: string, highlight: Highlight): string[] {
  const describe = (item: LocatedItem) => describeItem(item, line, highlight);
  return [
    `  ${rule.level}  ${toTerminal(rule.title)}  (${toTerminal(rule.path)})`,
    ...items.flatMap(describe),
    ...filters.flatMap(({ title, path, holds, items: own }) => [
      toTerminal(`    filter "${title}" (${path}) ${holds ? 'lets it pass' : 'suppresses it'}:`),
      ...own.flatMap(describe),
    ]),
  ];
}

function describeItem(item: LocatedItem, line: string, highlight: Highlight): string[] {
  const { selection, label, isTrue, isNegated, view, text, bytes } = item;
  const found = view === null ? '' : `  ${view}: ${shorten(text ?? '', MAX_SHOWN_TEXT)}`;
  const head = `    ${isTrue ? 'true ' : 'false'}  ${isNegated ? 'not ' : ''}${selection}: ${label}${found}`;
  return [toTerminal(head), ...(bytes === null ? [] : markBytes(line, bytes, highlight))];
}

function markBytes(line: string, { start, end, isExact }: Bytes, highlight: Highlight): string[] {
  const from = Math.max(0, start - CONTEXT_BYTES);
  const before = `${from > 0 ? '…' : ''}${showBytes(line.slice(from, start))}`;
  const marked = showBytes(line.slice(start, end), MAX_SHOWN_TEXT);
  const after = showBytes(line.slice(end), CONTEXT_BYTES);
  return [
    `${before}${highlight === null ? marked : highlight(marked)}${after}`,
    ...(highlight === null ? [`${' '.repeat(before.length)}${'^'.repeat(marked.length)}`] : []),
    ...(isExact ? [] : ['(somewhere within what is marked)']),
  ].map((text) => `           ${text}`);
}

function describeFeeding({ correlation, group }: Feeding): string {
  const values = Object.entries(group).map(([field, value]) => `${field} ${value ?? 'missing, so it does not count'}`);
  const by = values.length === 0 ? '' : `, by ${shorten(values.join(', '), MAX_SHOWN_TEXT)}`;
  return toTerminal(`  ${correlation.rule.level}  ${correlation.rule.title}: ${conditionOf(correlation)}${by}`);
}

/** `event_count >= 5 within 2m`. */
function conditionOf({ type, condition, timespanMs }: CorrelationRule): string {
  const parts = condition.map(({ operator, value }) => `${SIGNS[operator]} ${value}`);
  const [unit, unitMs] = UNITS.find(([, ms]) => timespanMs % ms === 0) ?? ['s', 1000];
  return `${type} ${parts.join(' and ')} within ${timespanMs / unitMs}${unit}`;
}
