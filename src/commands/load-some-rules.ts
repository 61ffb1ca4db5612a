import { loadRules, type RuleSet } from '../detect/detect.ts';
import { SightlineError } from '../model/errors.ts';

/**
 * The rules of folders, for all that makes no sense without any.
 * @throws FaultsError with every fault of the rules, and SightlineError `no-rules` where there are none.
 */
export async function loadSomeRules(folders: readonly string[]): Promise<RuleSet> {
  const rules = await loadRules(folders);
  if (rules.rules.length + rules.correlations.length > 0) return rules;
  const message =
    folders.length === 0
      ? 'no rule to run: name a folder of rules with --rules'
      : `no rule to run in ${folders.join(', ')}: name a folder of rules, files that end in .yml or .yaml`;
  throw new SightlineError('no-rules', message);
}
