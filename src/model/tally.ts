import type { Receipt } from './parcel.ts';
import { REJECT_CODES, type Reject, type RejectCode } from './reject.ts';
import type { Rule } from './rule.ts';

/** How many rejects are kept to be shown. */
const SHOWN_REJECTS = 3;

/** What a run has counted, stage by stage; filled in by the pipeline, read by reports. */
export interface Tally {
  files: number;
  lines: number;
  parsed: number;
  /** Blank lines, and lines outside `--since` and `--until`. */
  skipped: number;
  readonly rejected: Record<RejectCode, number>;
  /** The first few rejected lines. */
  readonly firstRejects: Reject[];
  /** Lines with at least one hit of an alerting rule. */
  hitLines: number;
  readonly hitsByRule: Map<Rule, number>;
  /** Lines whose hits an allow-list entry or a Sigma filter removed, by what allowed them. */
  readonly allowed: Map<string, number>;
  /** Epoch ms of the oldest and the newest entry; null before the first. */
  oldest: number | null;
  newest: number | null;
  incidents: number;
  sightings: number;
  parcels: number;
  readonly verdicts: Record<Receipt['verdict'], number>;
  /** `<type> <result>` of every entity that a server answered for. */
  readonly entities: Map<string, number>;
}

export function emptyTally(): Tally {
  return {
    files: 0,
    lines: 0,
    parsed: 0,
    skipped: 0,
    rejected: Object.fromEntries(REJECT_CODES.map((code) => [code, 0])) as Record<RejectCode, number>,
    firstRejects: [],
    hitLines: 0,
    hitsByRule: new Map(),
    allowed: new Map(),
    oldest: null,
    newest: null,
    incidents: 0,
    sightings: 0,
    parcels: 0,
    verdicts: { delivered: 0, partial: 0, refused: 0, undelivered: 0 },
    entities: new Map(),
  };
}

/** Adds one to the count of `key`. */
export function countUp<Key>(counts: Map<Key, number>, key: Key, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

export function countReject(tally: Tally, reject: Reject): void {
  tally.rejected[reject.code]++;
  if (tally.firstRejects.length < SHOWN_REJECTS) tally.firstRejects.push(reject);
}

export function countReceipt(tally: Tally, receipt: Receipt): void {
  tally.verdicts[receipt.verdict]++;
  for (const { type, result } of receipt.entities) countUp(tally.entities, `${type} ${result}`);
}

/** Share of the lines that were no entries: 0 to 1. */
export function rejectedShare(tally: Tally): number {
  const rejected = REJECT_CODES.reduce((sum, code) => sum + tally.rejected[code], 0);
  return rejected === 0 ? 0 : rejected / (rejected + tally.parsed);
}
