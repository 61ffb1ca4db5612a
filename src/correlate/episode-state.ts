import type { Incident, RuleTotal, Sample, Sighting } from '../model/incident.ts';
import type { Draft } from './draft.ts';
import type { Episode } from './episode.ts';
import { showLine } from './evidence.ts';
import type { Packer } from './packer.ts';
import { withSamples } from './samples.ts';
import { type Points, pointsOf } from './score.ts';
import type { Candidate, Success } from './success.ts';
import type { Unpacker } from './unpacker.ts';

/** The same with a rule's place in the tables instead of the rule. */
type WithPlace<Facts> = Omit<Facts, 'rule'> & { readonly rule: number };

/** An episode as it is stored. */
export interface EpisodeState
  extends Omit<Episode, 'before' | 'after' | 'totals' | 'open' | 'sealed' | 'samples' | 'sealedEarly'> {
  readonly totals: readonly WithPlace<RuleTotal>[];
  readonly open: readonly DraftState[];
  readonly sealed: readonly DraftState[];
  /** Absent in states that are older than samples; below, too. */
  readonly samples?: readonly SampleState[];
  /** Absent in states that are older than the bound. */
  readonly sealedEarly?: number;
}

interface DraftState extends Omit<Draft, 'rule' | 'head' | 'tail' | 'candidates' | 'success'> {
  readonly rule: number;
  readonly head: readonly number[];
  readonly tail: readonly number[];
  readonly candidates: readonly (Omit<Candidate, 'line'> & { readonly line: number })[];
  readonly success: (Omit<Success, 'line'> & { readonly line: number }) | null;
}

type SampleState = Omit<WithPlace<Sample>, 'line'> & { readonly line: number };

/** An incident on its way out as it is stored. */
export interface StoredIncident extends Omit<Incident, 'rules' | 'sightings' | 'samples'> {
  readonly rules: readonly WithPlace<RuleTotal>[];
  readonly sightings: readonly WithPlace<Sighting>[];
  readonly samples?: readonly WithPlace<Sample>[];
}

export function saveEpisode({ before: _, after: __, ...episode }: Episode, pack: Packer): EpisodeState {
  return {
    ...episode,
    totals: episode.totals.map((total) => saveRule(total, pack)),
    open: episode.open.map((draft) => saveDraft(draft, pack)),
    sealed: episode.sealed.map((draft) => saveDraft(draft, pack)),
    samples: episode.samples.map((sample) => saveSample(sample, pack)),
  };
}

/** Its score follows rules whose level has changed. */
export function restoreEpisode(
  state: EpisodeState,
  unpack: Unpacker,
  { points }: { readonly points: Points },
): Episode {
  let { score } = state;
  for (const { rule, count } of state.totals) {
    const [past, present] = [unpack.pastRule(rule).level, unpack.rule(rule).level];
    if (past !== present) score += pointsOf(points, present, count) - pointsOf(points, past, count);
  }
  return {
    ...state,
    before: null,
    after: null,
    score,
    totals: state.totals.map((total) => restoreRule(total, unpack)),
    open: state.open.map((draft) => restoreDraft(draft, unpack)),
    sealed: state.sealed.map((draft) => restoreDraft(draft, unpack)),
    samples: state.samples?.map((sample) => restoreSample(sample, unpack)) ?? [],
    sealedEarly: state.sealedEarly ?? 0,
  };
}

export function saveIncident(incident: Incident, pack: Packer): StoredIncident {
  return {
    ...incident,
    rules: incident.rules.map((total) => saveRule(total, pack)),
    sightings: incident.sightings.map((sighting) => saveRule(sighting, pack)),
    samples: incident.samples.map((sample) => saveRule(sample, pack)),
  };
}

export function restoreIncident(state: StoredIncident, unpack: Unpacker): Incident {
  const sightings = state.sightings.map((sighting) => restoreRule(sighting, unpack));
  return {
    ...state,
    rules: state.rules.map((total) => restoreRule(total, unpack)),
    sightings,
    samples: state.samples?.map((sample) => restoreRule(sample, unpack)) ?? withSamples([], sightings),
  };
}

function saveDraft(draft: Draft, pack: Packer): DraftState {
  const { head, tail, candidates, success } = draft;
  return {
    ...draft,
    rule: pack.rule(draft.rule),
    head: head.map(pack.kept),
    tail: tail.map(pack.kept),
    candidates: candidates.map((candidate) => ({ ...candidate, line: pack.kept(candidate.line) })),
    success: success && { ...success, line: pack.kept(success.line) },
  };
}

function restoreDraft(state: DraftState, unpack: Unpacker): Draft {
  const { head, tail, candidates, success } = state;
  return {
    ...state,
    rule: unpack.rule(state.rule),
    head: head.map(unpack.kept),
    tail: tail.map(unpack.kept),
    candidates: candidates.map((candidate) => ({ ...candidate, line: unpack.kept(candidate.line) })),
    success: success && { ...success, line: unpack.kept(success.line) },
  };
}

function saveSample(sample: Sample, pack: Packer): SampleState {
  return { ...sample, rule: pack.rule(sample.rule), line: pack.kept(sample.line) };
}

function restoreSample(state: SampleState, unpack: Unpacker): Sample {
  return { ...state, rule: unpack.rule(state.rule), line: showLine(unpack.kept(state.line)) };
}

function saveRule<Facts extends Pick<RuleTotal, 'rule'>>(facts: Facts, pack: Packer): WithPlace<Facts> {
  return { ...facts, rule: pack.rule(facts.rule) };
}

function restoreRule<Facts>(facts: WithPlace<Facts>, unpack: Unpacker): Facts {
  return { ...facts, rule: unpack.rule(facts.rule) } as Facts; // what WithPlace took out is back
}
