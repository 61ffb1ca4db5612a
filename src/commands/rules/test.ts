import type { ArgumentsCamelCase } from 'yargs';
import type { RuleSet } from '../../detect/detect.ts';
import type { Hit } from '../../model/hit.ts';
import { type Rule, rankOf } from '../../model/rule.ts';
import { rejectedShare } from '../../model/tally.ts';
import { findSources } from '../../read/read.ts';
import { plural } from '../../report/report.ts';
import type { ExitCode } from '../command.ts';
import { loadSomeRules } from '../load-some-rules.ts';
import { print, printJson, tellPerson } from '../print.ts';
import type { TestOptions } from '../rules.ts';
import { tellSkipped } from '../run-summary.ts';
import { scanLogs } from './scan-logs.ts';
import { showBytes } from './show-bytes.ts';

const MAX_SHOWN_LINE = 400;

/** What one rule found. */
interface Firing {
  readonly rule: Rule;
  /** False for a rule that only feeds correlations. */
  readonly alerts: boolean;
  hits: number;
  readonly examples: { readonly file: string; readonly line: number; readonly text: string }[];
}

/** Carries out `sightline rules test`. */
export async function testCommand(given: ArgumentsCamelCase<TestOptions>): Promise<ExitCode> {
  const rules = await loadSomeRules([given.dir]);
  const firings = new Map(allRules(rules).map((rule) => [rule.id, emptyFiring(rule)]));
  const { tally, faults } = await scanLogs(given, await findSources(given.log, tellSkipped), withAllAlerting(rules), {
    onHit: (hit) => note(firings.get(hit.rule.id), hit, given.examples),
  });
  const fired = [...firings.values()].filter(({ hits }) => hits > 0).sort(compareFirings);
  const silent = [...firings.values()].filter(({ hits }) => hits === 0).map(({ rule }) => rule.id);
  if (given.json) await printJson({ lines: tally.lines, entries: tally.parsed, fired: fired.map(toObject), silent });
  else await print(fired.flatMap(describeFiring));
  const share = rejectedShare(tally);
  const unparsed = share === 0 ? '' : `, ${(100 * share).toFixed(1)}% of them not parsed`;
  tellPerson(`${fired.length} of ${plural(firings.size, 'rule')} fired on ${plural(tally.lines, 'line')}${unparsed}`);
  return faults.length > 0 ? 1 : 0;
}

function allRules({ rules, correlations }: RuleSet): Rule[] {
  return [...rules, ...correlations.map(({ rule }) => rule)];
}

/** Whoever writes rules wants to see those that only feed correlations, too. */
function withAllAlerting(set: RuleSet): RuleSet {
  const alert = <Ruled extends { readonly rule: Rule }>(ruled: Ruled) => ({
    ...ruled,
    rule: { ...ruled.rule, alerts: true },
  });
  return { ...set, compiled: set.compiled.map(alert), correlations: set.correlations.map(alert) };
}

function emptyFiring(rule: Rule): Firing {
  return { rule, alerts: rule.alerts, hits: 0, examples: [] };
}

function note(firing: Firing | undefined, { entry }: Hit, maxExamples: number): void {
  if (firing === undefined) return;
  firing.hits++;
  const { source, number, text } = entry.line;
  if (firing.examples.length < maxExamples) firing.examples.push({ file: source, line: number, text });
}

function compareFirings(a: Firing, b: Firing): number {
  return rankOf(b.rule.level) - rankOf(a.rule.level) || b.hits - a.hits || (a.rule.id < b.rule.id ? -1 : 1);
}

function describeFiring({ rule, alerts, hits, examples }: Firing): string[] {
  return [
    `${rule.level}  ${rule.title}  (${rule.path}): ${plural(hits, 'time')}${alerts ? '' : ', for correlations only'}`,
    ...examples.map(({ file, line, text }) => `    ${file}:${line}: ${showBytes(text, MAX_SHOWN_LINE)}`),
  ];
}

function toObject({ rule, alerts, hits, examples }: Firing): object {
  const { id, title, level, kind, path } = rule;
  return { id, title, level, kind, path, alerts, hits, examples };
}
