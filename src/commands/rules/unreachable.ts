import { type RuleSet, reachability } from '../../detect/detect.ts';
import type { Fault } from '../../model/errors.ts';
import type { LogFormat } from '../../parse/parse.ts';

/**
 * Warns of the rules that can never match in logs of a format, with the place of each item that asks for what they lack. Of
 * rules for other logs the loader warns.
 */
export function unreachableWarnings(rules: RuleSet, { name, directive, fields }: LogFormat): Fault[] {
  const shown = name === 'custom' ? directive : name;
  return reachability(rules, fields).flatMap(({ rule, missing }) =>
    missing.map(({ field, directive: remedy, ...spot }) => ({
      ...spot,
      message: `"${rule.title}" can never match in ${shown}: the log has no ${field}; log it with ${remedy}`,
    })),
  );
}
