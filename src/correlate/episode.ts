import type { Hit } from '../model/hit.ts';
import type { Incident, Outcome, Promotion, RuleTotal, Sample, Target } from '../model/incident.ts';
import { LEVELS, type Level, rankOf } from '../model/rule.ts';
import { attackerType } from './attacker.ts';
import type { Baseline } from './baseline.ts';
import { compareText } from './compare-text.ts';
import { type Draft, judgeDraft, type SightingBounds, showSighting, withAddress, withTarget } from './draft.ts';
import type { Linked } from './idle-list.ts';
import { outcomeOf, worseOutcome } from './outcome.ts';
import { withSamples } from './samples.ts';
import { type Points, pointsOf, promotionOf, strongerPromotion } from './score.ts';

type Growing<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Hits of one attacker without a longer pause between them. Plain data, so that it can be stored. */
export interface Episode extends Linked<Episode> {
  /** Its name among the live episodes. */
  readonly id: string;
  readonly attacker: string;
  /** Part of the identity: it never changes, also when something older comes late. */
  readonly first: number;
  /** Time of the oldest and of the newest line; the newest is never before `first`. */
  from: number;
  last: number;
  /** Place in the sequence of the newest hit: the episode is over when that is longer ago than the gap. */
  touched: number;
  score: number;
  hits: number;
  outcome: Outcome;
  promotion: Promotion | null;
  addresses: readonly string[];
  targets: readonly Target[];
  totals: readonly Growing<RuleTotal>[];
  /** Sightings of the present bucket. */
  open: Draft[];
  /** Sightings that are final and have not been given out. */
  sealed: Draft[];
  /** The best lines of the sightings that have been given out. */
  samples: readonly Sample[];
  /** How often sightings of late lines were sealed before their bucket of arrival was over. */
  sealedEarly: number;
}

export interface EpisodeOptions extends SightingBounds {
  readonly points: Points;
  /** Score from which on an episode is an incident. */
  readonly promoteAt: number;
}

export function emptyEpisode(id: string, attacker: string, first: number): Episode {
  return {
    id,
    before: null,
    after: null,
    attacker,
    first,
    from: first,
    last: first,
    touched: first,
    score: 0,
    hits: 0,
    outcome: 'refused',
    promotion: null,
    addresses: [],
    targets: [],
    totals: [],
    open: [],
    sealed: [],
    samples: [],
    sealedEarly: 0,
  };
}

/** Counts a hit into the episode's totals; its sighting is the caller's. */
export function addToEpisode(episode: Episode, hit: Hit, options: EpisodeOptions): void {
  const { entry, rule } = hit;
  const outcome = outcomeOf(entry);
  episode.hits++;
  episode.from = Math.min(episode.from, entry.time);
  episode.last = Math.max(episode.last, entry.time);
  episode.outcome = worseOutcome(episode.outcome, outcome);
  episode.addresses = withAddress(episode.addresses, hit, options.maxAddresses);
  episode.targets = withTarget(episode.targets, hit, options.maxTargets);
  const total = totalOf(episode, rule.id);
  if (total === undefined) {
    episode.totals = episode.totals.concat({ rule, count: 1, first: entry.time, last: entry.time, outcome });
    episode.score += pointsOf(options.points, rule.level, 1);
  } else {
    episode.score -= pointsOf(options.points, rule.level, total.count);
    total.count++;
    episode.score += pointsOf(options.points, rule.level, total.count);
    total.first = Math.min(total.first, entry.time);
    total.last = Math.max(total.last, entry.time);
    total.outcome = worseOutcome(total.outcome, outcome);
  }
  const promotion = promotionOf(rule, episode.score, options.promoteAt);
  episode.promotion = strongerPromotion(episode.promotion, promotion);
}

function totalOf({ totals }: Episode, rule: string): Growing<RuleTotal> | undefined {
  for (const total of totals) if (total.rule.id === rule) return total;
  return undefined;
}

/** Judges the sightings of a bucket that is over at `at`: what probably succeeded counts for the episode, too. */
export function judgeOpen(episode: Episode, baseline: Baseline, at: number): void {
  for (const draft of episode.open) {
    judgeDraft(draft, baseline, at);
    if (draft.success === null) continue;
    const total = totalOf(episode, draft.rule.id);
    if (total !== undefined && total.telltale === undefined) {
      total.outcome = 'success';
      total.telltale = draft.success.telltale;
    }
    episode.outcome = 'success';
    if (rankOf(draft.rule.level) >= rankOf('medium')) {
      episode.promotion = strongerPromotion(episode.promotion, 'success');
    }
  }
}

/** The episode as it stands, with what was sealed since it was last given out. Takes the sealed sightings away. */
export function giveIncident(episode: Episode, promotion: Promotion, closed: boolean): Incident {
  const { attacker: key, first, last, score, outcome, hits, targets, addresses } = episode;
  const sightings = episode.sealed.sort(compareDrafts).map(showSighting);
  episode.sealed = [];
  episode.samples = withSamples(episode.samples, sightings);
  const rules = episode.totals.map((total) => ({ ...total })).sort(compareTotals);
  return {
    attacker: { key, type: attackerType(key), addresses },
    first,
    last,
    level: levelOf(rules[0]?.rule.level ?? 'informational', outcome),
    score,
    promotion,
    outcome,
    hits,
    rules,
    targets,
    sightings,
    samples: episode.samples,
    closed,
  };
}

/** A probable success is one level worse than an attempt. */
function levelOf(level: Level, outcome: Outcome): Level {
  return outcome === 'success' ? (LEVELS[rankOf(level) + 1] ?? level) : level;
}

export function compareTotals(a: Pick<RuleTotal, 'rule' | 'count'>, b: Pick<RuleTotal, 'rule' | 'count'>): number {
  return rankOf(b.rule.level) - rankOf(a.rule.level) || b.count - a.count || compareText(a.rule.id, b.rule.id);
}

function compareDrafts(a: Draft, b: Draft): number {
  return a.bucket - b.bucket || compareText(a.rule.id, b.rule.id) || (a.arrival ?? 0) - (b.arrival ?? 0);
}
