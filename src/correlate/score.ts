import type { Promotion } from '../model/incident.ts';
import { type Level, type Rule, rankOf } from '../model/rule.ts';

/** Points that the first line of a rule brings, by the rule's level. */
export type Points = Readonly<Record<Level, number>>;

/** A medium rule is worth five weak ones: two different medium rules, or one that goes on, reach 100 points. */
export const DEFAULT_POINTS: Points = { informational: 0, low: 10, medium: 50, high: 100, critical: 200 };

/** Each doubling of a rule's lines adds a fifth of its points, up to twice the points at 32 lines. */
const DOUBLINGS = 5;

/** What `count` lines of one rule are worth: variety weighs more than repetition. */
export function pointsOf(points: Points, level: Level, count: number): number {
  const doublings = Math.min(DOUBLINGS, Math.floor(Math.log2(count)));
  return (points[level] * (DOUBLINGS + doublings)) / DOUBLINGS;
}

/** Why an episode with this hit and this score is an incident; null when it is none. */
export function promotionOf(rule: Rule, score: number, promoteAt: number): Promotion | null {
  const rank = rankOf(rule.level);
  if (rule.kind === 'correlation' && rank >= rankOf('medium')) return 'correlation';
  if (rank >= rankOf('high')) return 'level';
  return score >= promoteAt ? 'score' : null;
}

/** Weakest first: a reason that stands on its own is worth telling before one that adds up. */
const PROMOTIONS: readonly (Promotion | null)[] = [null, 'score', 'correlation', 'level', 'success'];

export function strongerPromotion(a: Promotion | null, b: Promotion | null): Promotion | null {
  return PROMOTIONS.indexOf(b) > PROMOTIONS.indexOf(a) ? b : a;
}
