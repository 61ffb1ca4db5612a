import type { ArgumentsCamelCase } from 'yargs';
import { type Config, type Environment, loadConfig } from '../config.ts';
import type { RuleSet } from '../detect/detect.ts';
import type { Fault } from '../model/errors.ts';
import { loadSomeRules } from './load-some-rules.ts';
import type { RunOptions } from './run-options.ts';
import { ruleFolders, type StageOptions, stageOptions } from './stage-options.ts';
import { targetLookup } from './targets.ts';

/** The configuration of a run with what the command line says, and what both say to the stages. */
export interface LoadedStages {
  readonly config: Config;
  /** Where the rules are from. */
  readonly ruleFolders: readonly string[];
  /** Folders that hold no rules. */
  readonly warnings: readonly Fault[];
  readonly stages: StageOptions & { readonly rules: RuleSet };
}

/** @throws FaultsError and other errors of usage, every fault at once. */
export async function loadStages(
  given: ArgumentsCamelCase<RunOptions>,
  environment: Environment,
): Promise<LoadedStages> {
  const config = loadConfig(given.config ?? null, environment, [
    { place: ['logs', 'format'], value: given.logFormat, name: '--log-format' },
    { place: ['rules', 'default_rules'], value: given.defaultRules, name: '--default-rules' },
    { place: ['deliver', 'region'], value: given.region, name: '--region' },
    { place: ['deliver', 'route'], value: given.route, name: '--route' },
    { place: ['deliver', 'credentials_file'], value: given.credentials, name: '--credentials' },
  ]);
  const options = stageOptions(config, targetLookup(config.targets, given.target));
  const folders = ruleFolders(config.rules, given.rules);
  const rules = await loadSomeRules(folders);
  const warnings = rules.warnings.filter(({ path }) => folders.includes(path));
  return { config, ruleFolders: folders, warnings, stages: { ...options, rules } };
}
