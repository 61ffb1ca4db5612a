import type { Hit } from '../model/hit.ts';
import type { Telltale } from '../model/incident.ts';
import { ownText } from '../model/own-text.ts';
import type { Rule } from '../model/rule.ts';
import { isServed, siteOf } from './answers.ts';
import { type Baseline, countAbsent, findPath, isCommonSize, isComplete, isVisited, noteServed } from './baseline.ts';
import type { CorrelatorCounts } from './counts.ts';
import type { KeptLine } from './evidence.ts';

/** An answer that may turn out to be a success when its sighting is sealed. Plain data, so that it can be stored. */
export interface Candidate {
  readonly line: KeptLine;
  readonly site: string;
  readonly stem: string;
  readonly status: number;
  readonly bytes: number;
}

/** A candidate that was found to be a success. */
export interface Success {
  readonly line: KeptLine;
  readonly telltale: Telltale;
}

/** Paths of one sighting whose answers are judged. */
const MAX_CANDIDATES = 8;
/** So many 404 answers to things that should not be there show that a site has no page for everything. */
const MIN_ABSENT = 3;
/** So many ordinary answers show what a path ordinarily answers. */
const MIN_ORDINARY = 5;
/**
 * An attacker's tool may do without the compression that browsers ask for: the very same page is then several times as
 * large, and so must a success be, not to be mistaken.
 */
const COMPRESSION = 8;
const LARGER_BYTES = 1024;

/**
 * Keeps an answer that could be a success by its rule's reading, the largest of each path. It is judged when the bucket
 * is over: by then more is known of the site, above all whether it answers everything alike.
 */
export function withCandidate(
  candidates: readonly Candidate[],
  { rule, entry }: Hit,
  line: KeptLine,
  baseline: Baseline,
  counts: CorrelatorCounts,
): readonly Candidate[] {
  if (rule.success === undefined || !isServed(entry)) return candidates;
  const site = siteOf(entry);
  const { time, stem, status, bytes } = entry;
  if (rule.success === 'served') {
    noteServed(baseline, site, { stem, bytes, time }, counts);
    if (isCommonSize(baseline, site, stem, bytes)) return candidates;
  }
  const index = candidates.findIndex((known) => known.stem === stem && known.site === site);
  const known = candidates[index];
  if (known === undefined) {
    if (candidates.length < MAX_CANDIDATES) {
      return candidates.concat({ line, site, stem: ownText(stem), status, bytes });
    }
    counts.costs['answers-not-judged']++;
    return candidates;
  }
  return bytes > known.bytes ? candidates.with(index, { ...known, line, status, bytes }) : candidates;
}

/** The first of the candidates that is a probable success by what is known at `at`. */
export function findSuccess(
  candidates: readonly Candidate[],
  rule: Rule,
  baseline: Baseline,
  at: number,
): Success | null {
  for (const candidate of candidates) {
    const telltale =
      rule.success === 'larger' ? judgeLarger(candidate, baseline) : judgeServed(candidate, baseline, at);
    if (telltale !== null) return { line: candidate.line, telltale };
  }
  return null;
}

/**
 * What should not be there was served by a site that answers 404 to other such requests; the path has no ordinary
 * visitors, and no other answer is as large, as a page for everything would be.
 */
function judgeServed({ site, stem, status, bytes }: Candidate, baseline: Baseline, at: number): Telltale | null {
  const known =
    countAbsent(baseline, site) >= MIN_ABSENT &&
    isComplete(baseline, at) &&
    !isVisited(baseline, site, stem, at) &&
    !isCommonSize(baseline, site, stem, bytes);
  return known ? { status, bytes, ordinary: null } : null;
}

/** The answer is larger than any ordinary one of this path could be, compressed or not. */
function judgeLarger({ site, stem, status, bytes }: Candidate, baseline: Baseline): Telltale | null {
  const path = findPath(baseline, site, stem);
  if (path === undefined || path.count < MIN_ORDINARY) return null;
  const { min, max } = path;
  return bytes > max * COMPRESSION + LARGER_BYTES ? { status, bytes, ordinary: { min, max } } : null;
}
