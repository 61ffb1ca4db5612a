import type { Hit } from '../model/hit.ts';
import type { AttackerTotal, Incident } from '../model/incident.ts';
import type { AttackerNamer } from './attacker.ts';
import type { Baseline } from './baseline.ts';
import { compareText } from './compare-text.ts';
import type { CorrelatorCounts } from './counts.ts';
import { addToDraft, type Draft, emptyDraft, weightOfDraft } from './draft.ts';
import { addToEpisode, type Episode, type EpisodeOptions, emptyEpisode, giveIncident, judgeOpen } from './episode.ts';
import {
  type EpisodeState,
  restoreEpisode,
  restoreIncident,
  type StoredIncident,
  saveEpisode,
  saveIncident,
} from './episode-state.ts';
import { weightOfLine } from './evidence.ts';
import { emptyList, insertIntoList, joinList, leaveList, walkList } from './idle-list.ts';
import { addToLeague, emptyLeague, type LeagueState, listAttackers, restoreLeague, saveLeague } from './league.ts';
import type { Packer } from './packer.ts';
import type { Unpacker } from './unpacker.ts';

export interface EpisodesOptions extends EpisodeOptions {
  readonly attackerOf: AttackerNamer;
  readonly baseline: Baseline;
  readonly gapMs: number;
  readonly bucketMs: number;
  readonly pendingSightings: number;
  readonly maxEpisodes: number;
  /** Bound for the sightings that one episode holds; of one that is no incident the oldest go. */
  readonly maxSightings: number;
  /** Bound for the open sightings of late lines that one episode holds: late lines may be of any time. */
  readonly maxLateSightings: number;
  /** Bound for the lines that all episodes together keep as evidence. */
  readonly maxKeptLines: number;
  readonly maxAttackers: number;
}

/** The attackers' episodes: hits go in by place in the sequence, incidents come out. */
export interface Episodes {
  /** `at` is the place in the sequence, never before that of an earlier hit. */
  take(hit: Hit, at: number, late: boolean): void;
  /** End of the open bucket; Infinity when nothing is open. */
  sealTime(): number;
  seal(): void;
  /** Time up to which (inclusive) a hit would still belong to the episode that has been idle longest. */
  closeTime(): number;
  close(): void;
  /** Hands over the incidents that are due, in order. */
  give(): Incident[];
  listAttackers(limit: number): AttackerTotal[];
  /** How many are not over. */
  readonly open: number;
  save(pack: Packer): EpisodesState;
  restore(state: EpisodesState, unpack: Unpacker): void;
}

export interface EpisodesState {
  /** In order of idleness: those that are no incidents, then the others. */
  readonly live: readonly EpisodeState[];
  /** Places in `live` of those with open sightings, first opened first. */
  readonly unsealed: readonly number[];
  readonly sealAt: number;
  readonly due: readonly StoredIncident[];
  readonly league: LeagueState;
}

/** Marks the episode of late lines that lie before all that the attacker's live episode can cover. */
const LATE = '\0late';

export function episodes(options: EpisodesOptions, counts: CorrelatorCounts): Episodes {
  const { attackerOf, baseline, gapMs, bucketMs } = options;
  const live = new Map<string, Episode>();
  /** The live ones apart: episodes that are no incidents go first when there are too many. */
  const quiet = emptyList<Episode>();
  const promoted = emptyList<Episode>();
  const league = emptyLeague(options.maxAttackers);
  const due: Incident[] = [];
  const unsealed = new Set<Episode>();
  let sealAt = Number.POSITIVE_INFINITY;
  let keptWeight = 0;

  const bucketOf = (time: number) => Math.floor(time / bucketMs) * bucketMs;
  const homeOf = ({ promotion }: Episode) => (promotion === null ? quiet : promoted);

  function episodeFor(hit: Hit, at: number, late: boolean): Episode {
    const attacker = attackerOf(hit.entry.client);
    const { time } = hit.entry;
    const present = live.get(attacker);
    if (present !== undefined && (!late || time >= present.from - gapMs)) return present;
    // What was counted in retrospect reaches back by the gap at most: so no two episodes begin at the same time.
    if (!late) return begin(attacker, attacker, Math.max(time, at - gapMs));
    const id = attacker + LATE;
    const old = live.get(id);
    if (old !== undefined && time >= old.from - gapMs && time <= old.last + gapMs) return old;
    if (old !== undefined) finish(old);
    return begin(id, attacker, time);
  }

  function begin(id: string, attacker: string, first: number): Episode {
    counts.episodes++;
    const episode = emptyEpisode(id, attacker, first);
    live.set(id, episode);
    joinList(quiet, episode);
    return episode;
  }

  function makeRoom(): void {
    while (live.size > options.maxEpisodes || keptWeight > options.maxKeptLines) {
      const idle = quiet.first ?? promoted.first;
      if (idle === null) return;
      counts.costs[idle.promotion === null ? 'episodes-evicted' : 'incidents-evicted']++;
      finish(idle);
    }
  }

  function draftFor(episode: Episode, hit: Hit, at: number): Draft {
    const present = bucketOf(at);
    const bucket = bucketOf(hit.entry.time);
    for (const open of episode.open) if (open.bucket === bucket && open.rule.id === hit.rule.id) return open;
    const isLate = bucket !== present;
    if (isLate && episode.open.length >= options.maxLateSightings) makeRoomForLate(episode, at);
    unsealed.add(episode);
    const draft = emptyDraft(hit.rule, bucket, bucketMs, isLate ? present + episode.sealedEarly : null);
    if (episode.open.length === 0) episode.open = [draft];
    else episode.open.push(draft);
    sealAt = present + bucketMs;
    return draft;
  }

  /**
   * Seals the sightings of late lines before their bucket of arrival is over, when there are too many. The next ones are
   * told apart from them by a later arrival: it never comes again, since neither part of the sum decreases.
   */
  function makeRoomForLate(episode: Episode, at: number): void {
    const late = episode.open.filter(({ arrival }) => arrival !== null);
    if (late.length < options.maxLateSightings) return;
    const inTime = episode.open.filter(({ arrival }) => arrival === null);
    counts.costs['late-sightings-sealed-early'] += late.length;
    episode.open = late;
    sealEpisode(episode, at);
    episode.open = inTime;
    episode.sealedEarly++;
    if (episode.sealed.length >= options.pendingSightings) giveSoFar(episode);
  }

  /** `at`: where the sequence is. */
  function sealEpisode(episode: Episode, at: number): void {
    judge(episode, at);
    episode.sealed = episode.sealed.length === 0 ? episode.open : episode.sealed.concat(episode.open);
    episode.open = [];
    const excess = episode.promotion === null ? episode.sealed.length - options.maxSightings : 0;
    if (excess <= 0) return;
    counts.costs['sightings-dropped'] += excess;
    keptWeight -= weightOfDrafts(episode.sealed.splice(0, excess));
  }

  /** A success may make an incident of the episode: it changes lists, at the place of its newest hit. */
  function judge(episode: Episode, at: number): void {
    keptWeight -= weightOfDrafts(episode.open);
    const home = homeOf(episode);
    judgeOpen(episode, baseline, at);
    keptWeight += weightOfDrafts(episode.open);
    if (homeOf(episode) === home) return;
    counts.incidents++;
    leaveList(home, episode);
    insertIntoList(promoted, episode, ({ touched }) => touched > episode.touched);
  }

  function finish(episode: Episode): void {
    live.delete(episode.id);
    unsealed.delete(episode);
    sealEpisode(episode, episode.touched);
    leaveList(homeOf(episode), episode);
    addToLeague(league, episode, counts);
    keptWeight -= weightOfDrafts(episode.sealed) + weightOfSamples(episode);
    if (episode.promotion !== null) due.push(giveIncident(episode, episode.promotion, true));
  }

  function giveSoFar(episode: Episode): void {
    if (episode.promotion === null) return;
    keptWeight -= weightOfDrafts(episode.sealed) + weightOfSamples(episode);
    due.push(giveIncident(episode, episode.promotion, false));
    keptWeight += weightOfSamples(episode);
  }

  function idlest(): Episode | null {
    const [calm, bad] = [quiet.first, promoted.first];
    if (calm === null || bad === null) return calm ?? bad;
    return calm.touched <= bad.touched ? calm : bad;
  }

  return {
    take(hit, at, late) {
      makeRoom();
      const episode = episodeFor(hit, at, late);
      const draft = draftFor(episode, hit, at);
      const before = weightOfDraft(draft);
      addToDraft(draft, hit, options, baseline, counts);
      keptWeight += weightOfDraft(draft) - before;
      leaveList(homeOf(episode), episode);
      const wasQuiet = episode.promotion === null;
      addToEpisode(episode, hit, options);
      if (wasQuiet && episode.promotion !== null) counts.incidents++;
      episode.touched = at;
      joinList(homeOf(episode), episode);
    },
    sealTime: () => sealAt,
    seal() {
      const sealing = [...unsealed];
      for (const episode of sealing) sealEpisode(episode, sealAt);
      unsealed.clear();
      sealAt = Number.POSITIVE_INFINITY;
      const ready = sealing.filter(({ sealed }) => sealed.length >= options.pendingSightings);
      for (const episode of ready.sort(compareEpisodes)) giveSoFar(episode);
    },
    closeTime: () => (idlest()?.touched ?? Number.POSITIVE_INFINITY) + gapMs,
    close() {
      const episode = idlest();
      if (episode !== null) finish(episode);
    },
    give: () => due.splice(0),
    listAttackers: (limit) => listAttackers(league, live.values(), limit),
    get open() {
      return live.size;
    },
    save(pack) {
      const listed = [...walkList(quiet), ...walkList(promoted)];
      const places = new Map(listed.map((episode, place) => [episode, place]));
      return {
        live: listed.map((episode) => saveEpisode(episode, pack)),
        unsealed: [...unsealed].flatMap((episode) => places.get(episode) ?? []),
        sealAt,
        due: due.map((incident) => saveIncident(incident, pack)),
        league: saveLeague(league),
      };
    },
    restore(state, unpack) {
      const listed = state.live.map((saved) => restoreEpisode(saved, unpack, options));
      for (const episode of listed) {
        live.set(episode.id, episode);
        joinList(homeOf(episode), episode);
        keptWeight += weightOfDrafts(episode.open) + weightOfDrafts(episode.sealed) + weightOfSamples(episode);
      }
      for (const place of state.unsealed) {
        const episode = listed[place];
        if (episode !== undefined) unsealed.add(episode);
      }
      sealAt = state.sealAt;
      due.push(...state.due.map((incident) => restoreIncident(incident, unpack)));
      restoreLeague(league, state.league);
    },
  };
}

function weightOfDrafts(drafts: readonly Draft[]): number {
  return drafts.reduce((sum, draft) => sum + weightOfDraft(draft), 0);
}

function weightOfSamples({ samples }: Episode): number {
  return samples.reduce((sum, { line }) => sum + weightOfLine(line), 0);
}

function compareEpisodes(a: Episode, b: Episode): number {
  return compareText(a.attacker, b.attacker) || a.first - b.first;
}
