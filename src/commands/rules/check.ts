import { existsSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ArgumentsCamelCase } from 'yargs';
import { loadConfig, readEnvironment } from '../../config.ts';
import { loadRules, type RuleSet, reachability, unfilteredRules } from '../../detect/detect.ts';
import { describeFault, type Fault, FaultsError, SightlineError } from '../../model/errors.ts';
import type { Rule } from '../../model/rule.ts';
import { findFormat, type LogFormat } from '../../parse/parse.ts';
import type { ExitCode } from '../command.ts';
import { print, tellPerson } from '../print.ts';
import type { CheckOptions } from '../rules.ts';
import { ruleFolders } from '../stage-options.ts';
import { junitXml } from './junit.ts';
import { type ProofResult, proveRules } from './prove.ts';

/** What is wrong with rules, and what is odd. */
export interface RuleCheck {
  readonly rules: number;
  /** Of reading the rules; proofs are run only when there are none. */
  readonly faults: readonly Fault[];
  readonly proofs: readonly ProofResult[];
  readonly warnings: readonly Fault[];
}

/** Carries out `sightline rules check`. */
export async function checkCommand(given: ArgumentsCamelCase<CheckOptions>): Promise<ExitCode> {
  const { rules } = loadConfig(given.config ?? null, readEnvironment(), []);
  const format = findFormat(given.logFormat);
  const own = given.dirs.length > 0 ? given.dirs : ruleFolders(rules, []);
  const others = given.dirs.length > 0 && given.defaultRules ? ruleFolders(rules, []) : [];
  const check = await checkRules(own, others, format);
  if (given.junit !== undefined) writeJunit(given.junit, check);
  const faults = [...check.faults, ...check.proofs.flatMap(({ fault }) => fault ?? [])];
  await print([
    ...check.warnings.map((fault) => describeFault({ ...fault, message: `warning: ${fault.message}` })),
    ...faults.map(describeFault),
  ]);
  const counts = [
    [check.rules, 'rule'],
    [check.proofs.length, 'proof'],
    [faults.length, 'fault'],
    [check.warnings.length, 'warning'],
  ] as const;
  tellPerson(counts.map(([count, what]) => `${count} ${what}${count === 1 ? '' : 's'}`).join(', '));
  return faults.length > 0 ? 2 : 0;
}

/**
 * Checks the rules of the folders `own`: what the loader finds, each proof, and what can never match in logs of `format`
 * or is costly. `others` are loaded with them, for rules that refer to theirs, but not checked.
 */
export async function checkRules(
  own: readonly string[],
  others: readonly string[],
  format: LogFormat,
): Promise<RuleCheck> {
  const isOwn = (path: string) => own.some((folder) => !relative(folder, path).startsWith('..'));
  let set: RuleSet;
  try {
    set = await loadRules([...others, ...own]);
  } catch (error) {
    if (error instanceof FaultsError) return { rules: 0, faults: error.faults, proofs: [], warnings: [] };
    throw error;
  }
  const warnings = [...set.warnings, ...warningsOf(set, format, [...own, ...others])];
  return {
    rules: set.rules.length + set.correlations.length,
    faults: [],
    proofs: proveRules(set, isOwn),
    warnings: warnings.filter(({ path }) => isOwn(path)),
  };
}

function warningsOf(set: RuleSet, format: LogFormat, folders: readonly string[]): Fault[] {
  const shown = format.name === 'custom' ? format.directive : format.name;
  const warn = (rule: Rule, message: string): Fault => ({ path: fileOf(rule, folders), line: 0, col: 0, message });
  return [
    ...reachability(set, format.fields)
      // Of rules for other logs the loader has warned already, with the place.
      .filter(({ missing }) => missing.length > 0)
      .map(({ rule, reason, directives }) => {
        const remedy = `log it with ${directives.join(' ')}`;
        return warn(rule, `"${rule.title}" can never match in ${shown}: ${reason}; ${remedy}`);
      }),
    ...unfilteredRules(set).map((rule) => {
      const reason = 'no text, status or method that each match must have';
      return warn(rule, `"${rule.title}" is evaluated on every line: it names ${reason}`);
    }),
  ];
}

/** The path of a rule is relative to the folder it came from. */
function fileOf({ path }: Rule, folders: readonly string[]): string {
  return folders.map((folder) => join(folder, path)).find((file) => existsSync(file)) ?? path;
}

function writeJunit(path: string, { proofs, faults }: RuleCheck): void {
  try {
    writeFileSync(path, junitXml(proofs, faults));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SightlineError('output-failed', `cannot write ${path}: ${reason}`, { cause: error });
  }
}
