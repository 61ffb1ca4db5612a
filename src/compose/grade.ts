import type { CONFIDENCES, SEVERITIES } from '../ctim/ctim.ts';
import type { Incident, Outcome } from '../model/incident.ts';
import { type Level, type Rule, rankOf } from '../model/rule.ts';

export type Severity = (typeof SEVERITIES)[number];
export type Confidence = (typeof CONFIDENCES)[number];

const SEVERITY_OF: Readonly<Record<Level, Severity>> = {
  informational: 'Info',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
};

export function severityOf(level: Level): Severity {
  return SEVERITY_OF[level];
}

/** What the response suggests was done about a request: CTIM's suggested words for `resolution`. */
const RESOLUTION_OF: Readonly<Record<Outcome, string>> = {
  attempt: 'detected',
  refused: 'blocked',
  success: 'allowed',
};

export function resolutionOf(outcome: Outcome): string {
  return RESOLUTION_OF[outcome];
}

/** How far a rule is to be trusted, by its Sigma `status`. */
export function confidenceOfRule(rule: Rule): Confidence {
  if (rule.status === 'stable') return 'High';
  return rule.status === 'experimental' || rule.status === 'deprecated' || rule.status === 'unsupported'
    ? 'Low'
    : 'Medium';
}

/** How sure Sightline is of an incident, and what makes it so, in words. */
export interface Corroboration {
  readonly confidence: Confidence;
  readonly signs: readonly string[];
}

/** From this many matches on, repetition speaks for intent. */
const MANY_HITS = 10;

/**
 * Confidence by corroboration: each sign that does not follow from the others counts once. None is Low, one or two are
 * Medium, three or four High. The signs go into the incident's text.
 */
export function corroborationOf({ rules, hits }: Incident): Corroboration {
  const detections = rules.filter(({ rule }) => rule.kind === 'detection').map(({ rule }) => rule);
  const kinds = new Set(detections.map(({ id }) => id)).size;
  const signs: string[] = [];
  if (detections.some(({ level }) => rankOf(level) >= rankOf('high'))) {
    signs.push('the pattern of a rule of level high or critical matched');
  }
  if (kinds > 1) signs.push(`${kinds} different rules agree`);
  if (hits >= MANY_HITS) signs.push(`there are ${hits} matches`);
  if (detections.length < rules.length) signs.push('a correlation over time fired');
  return { confidence: signs.length === 0 ? 'Low' : signs.length < 3 ? 'Medium' : 'High', signs };
}
