import type { Observable } from './observable.ts';
import type { Level, Rule } from './rule.ts';

/** Who did it: one address, or an IPv6 network when its members are grouped. */
export interface Attacker {
  /** Canonical address, network (`2001:db8:1:2::/64`) or host name: part of the incident's identity. */
  readonly key: string;
  readonly type: 'ip' | 'ipv6' | 'hostname';
  /** The addresses seen, first seen first, bounded; one element unless a network is grouped. */
  readonly addresses: readonly string[];
}

/** What came of it, as far as the status lines tell. */
export type Outcome = 'attempt' | 'refused' | 'success';

/** What made an answer a probable success. */
export interface Telltale {
  readonly status: number;
  readonly bytes: number;
  /**
   * The path's ordinary answers, in bytes; null for an answer to what should not be there, from a site that answers 404
   * to other such requests.
   */
  readonly ordinary: { readonly min: number; readonly max: number } | null;
}

/** A quoted line that can be checked in the archive. */
export interface Evidence {
  readonly source: string;
  readonly line: number;
  readonly offset: number;
  readonly length: number;
  /** Epoch milliseconds. */
  readonly time: number;
  /** SHA-256 of the line's bytes without its ending, lower-case hex. */
  readonly sha256: string;
  /** The line as logged (one byte a code unit), cut to a bound. */
  readonly text: string;
  readonly field: string;
  readonly view: string;
  readonly matched: string;
}

/** A web server that was addressed: which of the user's hosts it is, compose looks up. */
export interface Target {
  readonly host: string | null;
  readonly source: string;
  readonly first: number;
  readonly last: number;
}

/** One rule in one time bucket of an episode: final when it is sealed. */
export interface Sighting {
  readonly rule: Rule;
  /** Epoch ms of the bucket's start, aligned to UTC. */
  readonly bucket: number;
  readonly bucketMs: number;
  /** Bucket of arrival for what came too late for its own bucket; null for what came in time. */
  readonly arrival: number | null;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly outcome: Outcome;
  /** Of a probable success, whose line then stands first in the evidence. */
  readonly telltale?: Telltale;
  readonly addresses: readonly string[];
  /** Bounded; requested URLs, user agents and what rules extracted, without the attacker's addresses. */
  readonly observables: readonly Observable[];
  readonly targets: readonly Target[];
  readonly evidence: readonly Evidence[];
}

/** A line that speaks for an incident, with what it was chosen by: its sighting, and its place in that one's evidence. */
export interface Sample extends Pick<Sighting, 'rule' | 'outcome' | 'bucket' | 'arrival'> {
  readonly place: number;
  readonly line: Evidence;
}

/** What an episode amounts to so far, rule by rule. */
export interface RuleTotal {
  readonly rule: Rule;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly outcome: Outcome;
  /** Of the first probable success. */
  readonly telltale?: Telltale;
}

/** Why an episode became an incident. */
export type Promotion = 'success' | 'level' | 'correlation' | 'score';

/**
 * One attacker's episode that deserves attention, with the sightings sealed since it was last given out. Identity is
 * (attacker.key, first): facts that cannot change. Everything else may grow from one giving to the next.
 */
export interface Incident {
  readonly attacker: Attacker;
  /** Epoch ms of the episode's first hit in time. */
  readonly first: number;
  readonly last: number;
  /** The worst level of its rules, one higher when something probably succeeded. */
  readonly level: Level;
  readonly score: number;
  readonly promotion: Promotion;
  readonly outcome: Outcome;
  /** Hits counted so far, all rules together. */
  readonly hits: number;
  /** Worst level first, then most hits. */
  readonly rules: readonly RuleTotal[];
  readonly targets: readonly Target[];
  /** Newly sealed, in order of bucket, then rule id. */
  readonly sightings: readonly Sighting[];
  /** The best lines of all sightings given out so far, these included; bounded, the best first. */
  readonly samples: readonly Sample[];
  /** True when the episode is over and nothing will be added in time. */
  readonly closed: boolean;
}

/** What a run's summary says about one attacker, all episodes together. */
export interface AttackerTotal {
  readonly attacker: string;
  /** Score of the worst episode. */
  readonly score: number;
  readonly hits: number;
  /** Number of different rules. */
  readonly rules: number;
  readonly level: Level;
  readonly outcome: Outcome;
  /** ATT&CK ids, sorted. */
  readonly techniques: readonly string[];
  readonly episodes: number;
  /** True when one of the episodes is an incident. */
  readonly promoted: boolean;
}
