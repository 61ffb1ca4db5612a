import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { ArgumentsCamelCase } from 'yargs';
import { loadConfig, readEnvironment } from '../../config.ts';
import { DEFAULT_RULES, loadRules, type RuleSet, unfilteredRules } from '../../detect/detect.ts';
import { describeFault, type Fault, FaultsError, SightlineError } from '../../model/errors.ts';
import { findFormat, type LogFormat } from '../../parse/parse.ts';
import { plural } from '../../report/report.ts';
import type { ExitCode } from '../command.ts';
import { describeWarning, print, tellPerson } from '../print.ts';
import type { CheckOptions } from '../rules.ts';
import { correlatorOptions, ruleFolders } from '../stage-options.ts';
import type { CorrelateOptions } from './correlation-run.ts';
import { junitXml } from './junit.ts';
import { pointlessItems } from './pointless.ts';
import { type ProofResult, proveRules } from './prove.ts';
import { unreachableWarnings } from './unreachable.ts';

/** What is wrong with rules, and what is odd. */
export interface RuleCheck {
  readonly rules: number;
  /** Of the rules themselves; proofs are run only when the rules can be read. */
  readonly faults: readonly Fault[];
  readonly proofs: readonly ProofResult[];
  readonly warnings: readonly Fault[];
}

/** Carries out `sightline rules check`. */
export async function checkCommand(given: ArgumentsCamelCase<CheckOptions>): Promise<ExitCode> {
  const { rules, correlation } = loadConfig(given.config ?? null, readEnvironment(), []);
  const format = findFormat(given.logFormat);
  const own = given.dirs.length > 0 ? given.dirs : ruleFolders(rules, []);
  const others = given.dirs.length > 0 && given.defaultRules === true ? ruleFolders(rules, []) : [];
  const beside = rules.default_rules && given.defaultRules === undefined ? [DEFAULT_RULES] : [];
  const check = await checkRules(own, others, format, correlatorOptions(correlation), beside);
  if (given.junit !== undefined) writeJunit(given.junit, check);
  const faults = [...check.faults, ...check.proofs.flatMap(({ fault }) => fault ?? [])];
  await print([...check.warnings.map(describeWarning), ...faults.map(describeFault)]);
  const counts = [
    [check.rules, 'rule'],
    [check.proofs.length, 'proof'],
    [faults.length, 'fault'],
    [check.warnings.length, 'warning'],
  ] as const;
  tellPerson(counts.map(([count, what]) => plural(count, what)).join(', '));
  const isEmpty = own.every((folder) => check.warnings.some(({ path }) => path === folder));
  return faults.length > 0 || isEmpty ? 2 : 0;
}

/**
 * Checks the rules of the folders `own`: what the loader finds, each proof, and what can never match in logs of `format`
 * or is costly; proofs of correlations run with `options`. `others` are loaded with them, for rules that refer to theirs, but not checked;
 * no id may be one of the rules of `beside`, which runs load as well.
 */
export async function checkRules(
  own: readonly string[],
  others: readonly string[],
  format: LogFormat,
  options: CorrelateOptions,
  beside: readonly string[] = [],
): Promise<RuleCheck> {
  const isOwn = (path: string) => isWithin(own, path);
  let set: RuleSet;
  try {
    set = await loadRules([...others, ...own]);
  } catch (error) {
    if (error instanceof FaultsError) return { rules: 0, faults: error.faults, proofs: [], warnings: [] };
    throw error;
  }
  const pointless = pointlessItems(set);
  const faults = [...pointless.faults, ...takenIds(set, await loadRules(beside), beside)];
  const warnings = [...set.warnings, ...unreachableWarnings(set, format), ...costWarnings(set), ...pointless.warnings];
  return {
    rules: set.rules.length + set.correlations.length,
    faults: faults.filter(({ path }) => isOwn(path)),
    proofs: proveRules(set, options, isOwn),
    warnings: warnings.filter(({ path }) => isOwn(path)),
  };
}

/** Rules whose id is that of another one in the folders `beside`, with which no run can load them. */
function takenIds(set: RuleSet, others: RuleSet, beside: readonly string[]): Fault[] {
  const taken = new Map(
    [...others.rules, ...others.correlations.map(({ rule }) => rule)].map((rule) => [rule.id, rule]),
  );
  const spots = [
    ...set.compiled.map(({ rule: { id }, locate }) => ({ id, ...locate() })),
    ...[...set.correlationSpots].map(([id, spotOf]) => ({ id, ...spotOf('rules') })),
  ];
  return spots.flatMap(({ id, ...spot }) => {
    const other = taken.get(id);
    if (other === undefined || isWithin(beside, spot.path)) return [];
    const message = `the id "${id}" is that of a rule that comes along, ${other.path}: give it another one, or use and check it with --no-default-rules`;
    return [{ ...spot, message }];
  });
}

function isWithin(folders: readonly string[], path: string): boolean {
  return folders.some((folder) => !relative(folder, path).startsWith('..'));
}

function costWarnings(set: RuleSet): Fault[] {
  return unfilteredRules(set).map(({ rule, ...spot }) => {
    const reason = 'no text, status or method that each match must have';
    return { ...spot, message: `"${rule.title}" is evaluated on every line: it names ${reason}` };
  });
}

function writeJunit(path: string, { proofs, faults }: RuleCheck): void {
  try {
    writeFileSync(path, junitXml(proofs, faults));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SightlineError('output-failed', `cannot write ${path}: ${reason}`, { cause: error });
  }
}
