import {
  type AllowEntry,
  allowList,
  type Correlator,
  type CorrelatorOptions,
  type CorrelatorState,
  correlator,
  mayAllow,
  type QuietLine,
} from '../correlate/correlate.ts';
import { fieldValue, type RuleSet } from '../detect/detect.ts';
import type { AccessLogEntry } from '../model/entry.ts';
import type { Hit } from '../model/hit.ts';
import type { LogLine } from '../model/line.ts';
import type { Reject } from '../model/reject.ts';
import { countReject, countUp, type Tally } from '../model/tally.ts';
import { type ClientOptions, isReject, type LineParser, type LogFormat, ownEntry, parser } from '../parse/parse.ts';
import { type Detected, type Detection, openDetection } from './detection.ts';

/** What the stages up to correlation are told: plain options of each. */
export interface ScanPlan {
  readonly client: ClientOptions;
  readonly rules: RuleSet;
  readonly allow: readonly AllowEntry[];
  readonly correlate: Omit<CorrelatorOptions, 'correlations' | 'fieldValue' | 'resume'>;
  readonly onHit: (hit: Hit) => void;
  readonly onReject: (reject: Reject) => void;
}

/** One source on its way through the stages. */
export interface Lane {
  readonly format: LogFormat;
  readonly parse: LineParser;
  /** The newest event time so far, epoch ms. */
  clock: number;
}

/** Parse, detect and correlate's intake, joined: a line goes through them in one hop. */
export interface Scan extends Pick<Detection, 'detect' | 'quietBits'> {
  readonly tally: Tally;
  readonly correlation: Correlator;
  /** By name of the source. */
  readonly lanes: ReadonlyMap<string, Lane>;
  /** Gives a source its format, from the next line on. */
  open(source: string, format: LogFormat): Lane;
  /** Holds an entry against the rules and hands on what came of it. */
  take(entry: AccessLogEntry, clock: number): void;
  /** Hands on what came of an entry that was held against the rules already. */
  takeDetected(entry: AccessLogEntry, detected: Detected, clock: number): void;
  /** False when every line has to be taken as an entry. */
  readonly canBeQuiet: boolean;
  /** Whether something that a client asks for may be allowed. */
  mayAllow(client: string): boolean;
  /** Does what `take` does with the entry of a line that is quiet. */
  takeQuiet(line: QuietLine, clock: number): void;
  noteHit(hit: Hit): void;
  noteReject(reject: Reject): void;
}

/** @param resume - what an earlier scan knew, if this one goes on where it was */
export function openScan(plan: ScanPlan, tally: Tally, resume: ScanState | null = null): Scan {
  const lanes = new Map<string, Lane>();
  for (const { source, format, clock } of resume?.lanes ?? []) open(source, format).clock = clock;
  const detection = openDetection(plan.rules, (entry) => ownEntry(entry, parserOf(entry.line)));
  const resumed = resume === null ? {} : { resume: { state: resume.correlation, rules: plan.rules.rules, reread } };
  const [universal, ...others] = detection.universal;
  const correlation = correlator({
    ...plan.correlate,
    ...resumed,
    ...(universal === undefined ? {} : { quiet: { rule: universal, hitOf: quietHitOf } }),
    correlations: plan.rules.correlations,
    fieldValue,
  });
  const allowed = allowList(plan.allow);

  function parserOf({ source }: LogLine): LineParser {
    const lane = lanes.get(source);
    if (lane === undefined) throw new Error(`an entry of ${source}, which is not being read`);
    return lane.parse;
  }

  function reread(line: LogLine): AccessLogEntry | null {
    const entry = parserOf(line)(line);
    return isReject(entry) ? null : entry;
  }

  /** Of a line that only the rule for every request hits. */
  function quietHitOf(line: LogLine): Hit {
    const entry = reread(line);
    const [hit] = entry === null ? [] : detection.universalHits(entry);
    if (hit === undefined) throw new Error(`line ${line.number} of ${line.source} was a request once but not twice`);
    return hit;
  }

  function open(source: string, format: LogFormat): Lane {
    const parse = parser({ ...plan.client, format });
    const lane = { format, parse, clock: lanes.get(source)?.clock ?? Number.NEGATIVE_INFINITY };
    lanes.set(source, lane);
    return lane;
  }

  function countParsed(time: number): void {
    tally.parsed++;
    if (tally.oldest === null || time < tally.oldest) tally.oldest = time;
    if (tally.newest === null || time > tally.newest) tally.newest = time;
  }

  function noteHit(hit: Hit): void {
    countUp(tally.hitsByRule, hit.rule);
    plan.onHit(hit);
  }

  function takeDetected(entry: AccessLogEntry, { hits, filtered }: Detected, clock: number): void {
    for (const title of filtered) countUp(tally.allowed, title);
    countParsed(entry.time);
    const reason = hits.length === 0 ? null : allowed(entry);
    if (reason !== null) {
      countUp(tally.allowed, reason);
      return;
    }
    let alerts = false;
    for (const hit of hits) {
      if (!hit.rule.alerts) continue;
      alerts = true;
      noteHit(hit);
    }
    if (alerts) tally.hitLines++;
    else correlation.learn(entry, clock);
    if (hits.length > 0) correlation.take(hits, clock);
  }

  return {
    tally,
    correlation,
    lanes,
    open,
    noteHit,
    noteReject(reject) {
      countReject(tally, reject);
      plan.onReject(reject);
    },
    canBeQuiet: detection.canBeQuiet && others.length === 0 && correlation.canTakeQuiet,
    detect: detection.detect,
    quietBits: detection.quietBits,
    mayAllow: mayAllow(plan.allow),
    takeQuiet(line, clock) {
      countParsed(line.time);
      correlation.takeQuiet(line, clock);
    },
    take: (entry, clock) => takeDetected(entry, detection.detect(entry), clock),
    takeDetected,
  };
}

/** All that a scan knows. */
export interface ScanState {
  readonly lanes: readonly { readonly source: string; readonly format: LogFormat; readonly clock: number }[];
  readonly correlation: CorrelatorState;
}

export function stateOf({ lanes, correlation }: Scan): ScanState {
  return {
    lanes: Array.from(lanes, ([source, { format, clock }]) => ({ source, format, clock })),
    correlation: correlation.snapshot(),
  };
}
