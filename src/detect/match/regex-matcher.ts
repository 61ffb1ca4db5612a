import type { RegexFlags } from '../regex/parse-regex.ts';
import { LinearRegex } from '../regex/regex.ts';
import { DEFAULT_LIMITS } from '../view/subject.ts';
import { floating, type Matcher } from './matcher.ts';
import { costOfLiterals } from './rarity.ts';

/** Literals up to this number are looked for in a text before the pattern is tried: cheaper than the pattern. */
const MAX_GUARDS = 8;

/** @throws RegexError */
export function regexMatcher(pattern: string, flags: RegexFlags): Matcher {
  const regex = new LinearRegex(pattern, flags, costOfLiterals);
  const { literals } = regex;
  const guards = literals !== null && literals.length <= MAX_GUARDS ? literals : null;
  const endOf = (text: string): number => Math.min(text.length, DEFAULT_LIMITS.maxTextLength);
  return {
    matches: ({ text, lower }) =>
      (guards === null || guards.some((guard) => lower.includes(guard))) && regex.test(text, endOf(text)),
    locate: ({ text }) => regex.exec(text, endOf(text)),
    exact: null,
    literals: literals === null ? [] : [literals.map(floating)],
    label: pattern,
  };
}
