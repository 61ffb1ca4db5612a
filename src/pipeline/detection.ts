import { type Detector, detector, type RuleSet } from '../detect/detect.ts';
import type { AccessLogEntry } from '../model/entry.ts';
import type { Hit } from '../model/hit.ts';

/** What the rules make of an entry. */
export interface Detected {
  readonly hits: readonly Hit[];
  /** Titles of the filters that suppressed hits. */
  readonly filtered: readonly string[];
}

/** A detector that tells with the hits what was suppressed. */
export interface Detection extends Pick<Detector, 'universal' | 'universalHits' | 'canBeQuiet' | 'quietBits'> {
  detect(entry: AccessLogEntry): Detected;
}

/** @param own - as a detector has it */
export function openDetection(rules: RuleSet, own: (entry: AccessLogEntry) => AccessLogEntry): Detection {
  let filtered: string[] = [];
  const hitsOf = detector(rules, { own, onFiltered: ({ title }) => filtered.push(title) });
  return {
    universal: hitsOf.universal,
    universalHits: hitsOf.universalHits,
    canBeQuiet: hitsOf.canBeQuiet,
    quietBits: hitsOf.quietBits,
    detect(entry) {
      const detected = { hits: hitsOf(entry), filtered };
      if (filtered.length > 0) filtered = [];
      return detected;
    },
  };
}
