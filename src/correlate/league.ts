import type { AttackerTotal, Outcome } from '../model/incident.ts';
import { type Level, rankOf } from '../model/rule.ts';
import { compareText } from './compare-text.ts';
import type { CorrelatorCounts } from './counts.ts';
import { compareTotals, type Episode } from './episode.ts';
import { worseOutcome } from './outcome.ts';

/** What attackers are ranked by. */
type Rank = Pick<AttackerTotal, 'attacker' | 'promoted' | 'score' | 'hits'>;

/** An attacker's past episodes. Plain data, so that it can be stored. */
interface Standing {
  readonly attacker: string;
  promoted: boolean;
  score: number;
  hits: number;
  level: Level;
  outcome: Outcome;
  episodes: number;
  readonly rules: Set<string>;
  readonly techniques: Set<string>;
}

/** The attackers of a run, the worst of them remembered beyond their episodes. */
export interface League {
  readonly standings: Map<string, Standing>;
  readonly maxAttackers: number;
  /** The weakest that was kept when others had to go. */
  floor: Rank | null;
}

export interface LeagueState {
  readonly standings: readonly Standing[];
  readonly floor: Rank | null;
}

export function emptyLeague(maxAttackers: number): League {
  return { standings: new Map(), maxAttackers, floor: null };
}

/**
 * Takes in an episode that is over. At twice the bound the weaker half is forgotten, and from then on who is weaker than
 * all that were kept is not remembered in the first place.
 */
export function addToLeague(league: League, episode: Episode, counts: CorrelatorCounts): void {
  const { standings, floor, maxAttackers } = league;
  if (floor !== null && !standings.has(episode.attacker) && compareRanks(rankEpisode(episode), floor) > 0) {
    counts.costs['attackers-forgotten']++;
    return;
  }
  addEpisode(standings, episode);
  if (standings.size <= 2 * maxAttackers) return;
  const ranked = [...standings.values()].sort(compareRanks);
  for (const { attacker } of ranked.slice(maxAttackers)) standings.delete(attacker);
  counts.costs['attackers-forgotten'] += ranked.length - maxAttackers;
  const weakest = ranked[maxAttackers - 1];
  league.floor = weakest === undefined ? null : { ...weakest };
}

export function saveLeague({ standings, floor }: League): LeagueState {
  return { standings: [...copyStandings(standings.values()).values()], floor };
}

export function restoreLeague(league: League, { standings, floor }: LeagueState): void {
  for (const [attacker, standing] of copyStandings(standings)) league.standings.set(attacker, standing);
  league.floor = floor;
}

/** The worst `limit` attackers, those with live episodes included: incidents first, then by score. */
export function listAttackers(league: League, live: Iterable<Episode>, limit: number): AttackerTotal[] {
  const standings = copyStandings(league.standings.values());
  for (const episode of live) addEpisode(standings, episode);
  const worst = [...standings.values()].sort(compareRanks).slice(0, limit);
  return worst.map((standing) => ({
    ...standing,
    rules: standing.rules.size,
    techniques: [...standing.techniques].sort(),
  }));
}

function copyStandings(standings: Iterable<Standing>): Map<string, Standing> {
  return new Map(
    Array.from(standings, (standing) => [
      standing.attacker,
      { ...standing, rules: new Set(standing.rules), techniques: new Set(standing.techniques) },
    ]),
  );
}

function addEpisode(standings: Map<string, Standing>, episode: Episode): void {
  const { attacker, score, hits, outcome, promotion, totals } = episode;
  const worst = totals.toSorted(compareTotals)[0]?.rule.level ?? 'informational';
  const known = standings.get(attacker);
  const standing = known ?? {
    attacker,
    score,
    hits: 0,
    level: worst,
    outcome,
    episodes: 0,
    promoted: false,
    rules: new Set<string>(),
    techniques: new Set<string>(),
  };
  if (known === undefined) standings.set(attacker, standing);
  standing.score = Math.max(standing.score, score);
  standing.hits += hits;
  standing.level = rankOf(worst) > rankOf(standing.level) ? worst : standing.level;
  standing.outcome = worseOutcome(standing.outcome, outcome);
  standing.episodes++;
  standing.promoted ||= promotion !== null;
  for (const { rule } of totals) {
    standing.rules.add(rule.id);
    for (const technique of rule.techniques) standing.techniques.add(technique);
  }
}

function rankEpisode({ attacker, promotion, score, hits }: Episode): Rank {
  return { attacker, promoted: promotion !== null, score, hits };
}

function compareRanks(a: Rank, b: Rank): number {
  return (
    Number(b.promoted) - Number(a.promoted) ||
    b.score - a.score ||
    b.hits - a.hits ||
    compareText(a.attacker, b.attacker)
  );
}
