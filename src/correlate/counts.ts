/** The bounds of the stage; see {@link CorrelatorCounts.costs}. */
export const COSTS = [
  'pending-hits-released-early',
  'pending-lines-released-early',
  'groups-evicted',
  'quiet-lines-dropped',
  'group-events-dropped',
  'episodes-evicted',
  'incidents-evicted',
  'sightings-dropped',
  'late-sightings-sealed-early',
  'observables-dropped',
  'attackers-forgotten',
  'answers-not-learned',
  'answers-not-judged',
  'outdated-hits-dropped',
  'outdated-groups-dropped',
  'lines-not-reread',
] as const;
export type Cost = (typeof COSTS)[number];

/** What the stage has seen, and what its bounds have cost. */
export interface CorrelatorCounts {
  /** Hits taken in, those of rules that do not alert included. */
  hits: number;
  /** Hits that came too late for their place in time. */
  lateHits: number;
  /** Lines that fired correlations counted: one for each correlation. */
  countedLines: number;
  /** Firings of correlations, inner ones included. */
  firings: number;
  /** Events that did not correlate, because a group-by field had no value. */
  missingKeys: number;
  /** Events that did not correlate, because the field to count, add up or order had no (numeric) value. */
  missingValues: number;
  /** Late events that were older than the window their group had moved on to. */
  lateEvents: number;
  /** Answers to ordinary requests that came too late to be learned. */
  lateAnswers: number;
  episodes: number;
  /** Episodes that became incidents. */
  incidents: number;
  /** What each bound has cost: how often something was dropped or given out early because of it. */
  readonly costs: Record<Cost, number>;
}

export function emptyCounts(): CorrelatorCounts {
  return {
    hits: 0,
    lateHits: 0,
    countedLines: 0,
    firings: 0,
    missingKeys: 0,
    missingValues: 0,
    lateEvents: 0,
    lateAnswers: 0,
    episodes: 0,
    incidents: 0,
    costs: Object.fromEntries(COSTS.map((cost) => [cost, 0])) as Record<Cost, number>,
  };
}

export function copyCounts(counts: CorrelatorCounts): CorrelatorCounts {
  return { ...counts, costs: { ...counts.costs } };
}

/** Goes on from counts that were stored, perhaps when there were fewer of them. */
export function restoreCounts(counts: CorrelatorCounts, stored: CorrelatorCounts): void {
  const { costs, ...others } = stored;
  Object.assign(counts, others);
  Object.assign(counts.costs, costs);
}
