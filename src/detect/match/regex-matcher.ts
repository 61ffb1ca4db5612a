import type { RegexFlags } from '../regex/parse-regex.ts';
import { LinearRegex } from '../regex/regex.ts';
import { DEFAULT_LIMITS } from '../view/subject.ts';
import { floating, type Matcher } from './matcher.ts';
import { costOfLiterals } from './rarity.ts';

/** @throws RegexError */
export function regexMatcher(pattern: string, flags: RegexFlags): Matcher {
  const regex = new LinearRegex(pattern, flags, costOfLiterals);
  const endOf = (text: string): number => Math.min(text.length, DEFAULT_LIMITS.maxTextLength);
  return {
    matches: ({ text }) => regex.test(text, endOf(text)),
    locate: ({ text }) => regex.exec(text, endOf(text)),
    exact: null,
    literals: regex.literals === null ? [] : [regex.literals.map(floating)],
    label: pattern,
  };
}
