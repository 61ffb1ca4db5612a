import type { Evidence, Sample, Sighting } from '../model/incident.ts';
import { rankOf } from '../model/rule.ts';
import { compareText } from './compare-text.ts';

/** As many as the list of a description holds. */
const MAX_SAMPLES = 12;
const SAMPLES_PER_SIGHTING = 2;

/**
 * The best lines of `samples` and of what the sightings quote, each once: those of probable successes first, then those of
 * the worst rules, then the oldest. No two lines rank alike, so that the same sightings give the same samples however many
 * of them come at a time.
 */
export function withSamples(samples: readonly Sample[], sightings: readonly Sighting[]): readonly Sample[] {
  const found = sightings.flatMap(({ rule, outcome, bucket, arrival, evidence }) =>
    evidence.slice(0, SAMPLES_PER_SIGHTING).map((line, place) => ({ rule, outcome, bucket, arrival, place, line })),
  );
  const best = new Map<string, Sample>();
  for (const sample of [...samples, ...found].sort(compareSamples)) {
    const name = nameOf(sample.line);
    if (!best.has(name)) best.set(name, sample);
    if (best.size === MAX_SAMPLES) break;
  }
  return [...best.values()];
}

/** Two files that had one name may hold different lines at one offset. */
function nameOf({ source, offset, sha256 }: Evidence): string {
  return `${offset} ${sha256} ${source}`;
}

function compareSamples(a: Sample, b: Sample): number {
  return (
    Number(b.outcome === 'success') - Number(a.outcome === 'success') ||
    rankOf(b.rule.level) - rankOf(a.rule.level) ||
    a.bucket - b.bucket ||
    compareText(a.rule.id, b.rule.id) ||
    (a.arrival ?? 0) - (b.arrival ?? 0) ||
    a.place - b.place
  );
}
