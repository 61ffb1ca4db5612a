import type { Rule } from '../model/rule.ts';

/**
 * What follows from a rule alone, made once for all incidents that it has a part in. As much is kept as there are rules
 * in use: what was made of a rule goes with it.
 */
export function perRule<Made extends NonNullable<unknown>>(make: (rule: Rule) => Made): (rule: Rule) => Made {
  const made = new WeakMap<Rule, Made>();
  return (rule) => {
    const known = made.get(rule);
    if (known !== undefined) return known;
    const fresh = make(rule);
    made.set(rule, fresh);
    return fresh;
  };
}
