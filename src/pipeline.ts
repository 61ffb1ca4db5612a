import { type ComposerOptions, composer } from './compose/compose.ts';
import {
  type AllowEntry,
  allowList,
  type Correlated,
  type Correlator,
  type CorrelatorOptions,
  correlator,
} from './correlate/correlate.ts';
import type { Sink } from './deliver/deliver.ts';
import { type Detector, detector, fieldValue, type RuleSet } from './detect/detect.ts';
import type { AccessLogEntry } from './model/entry.ts';
import type { Hit } from './model/hit.ts';
import type { Incident } from './model/incident.ts';
import type { LogLine } from './model/line.ts';
import type { Parcel, Receipt } from './model/parcel.ts';
import type { Reject } from './model/reject.ts';
import { countReceipt, countReject, countUp, emptyTally, type Tally } from './model/tally.ts';
import {
  type ClientOptions,
  chooseFormat,
  findFormat,
  isReject,
  type LineParser,
  type LogFormat,
  ownEntry,
  parser,
} from './parse/parse.ts';
import { type Feed, interleave, openSource, type ReadOptions, type Source, type SourceFault } from './read/read.ts';

/** What a batch run needs: plain options of each stage, and who wants to hear of what. */
export interface BatchPlan {
  readonly sources: readonly Source[];
  readonly read: Pick<ReadOptions, 'maxLineBytes'>;
  /** Null: chosen from the first lines of each source. */
  readonly format: LogFormat | null;
  /** Keys of JSON logs, where the format is chosen. */
  readonly jsonFields: Readonly<Record<string, string>>;
  readonly client: ClientOptions;
  readonly rules: RuleSet;
  readonly allow: readonly AllowEntry[];
  readonly correlate: Omit<CorrelatorOptions, 'correlations' | 'fieldValue'>;
  readonly compose: ComposerOptions;
  readonly sink: Sink;
  /** Epoch ms: entries before `sinceMs`, or at `untilMs` and later, are skipped. */
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly onHit: (hit: Hit) => void;
  readonly onReject: (reject: Reject) => void;
  /** Bytes read so far, as stored, and the tally so far. */
  readonly onProgress: (bytes: number, tally: Tally) => void;
  /** What to do with a parcel that was not delivered whole; the receipt it returns says where it is now. */
  readonly onUndelivered: (parcel: Parcel, receipt: Receipt) => Promise<Receipt>;
  /** Hears of an incident once all that was new about it has been delivered, in as many bundles as there are receipts. */
  readonly onDelivered: (incident: Incident, receipts: readonly Receipt[]) => Promise<void>;
}

/** What a run has to tell beside its tally. */
export interface BatchResult {
  readonly tally: Tally;
  /** Formats in use, with the number of sources. */
  readonly formats: ReadonlyMap<LogFormat, number>;
  readonly faults: readonly SourceFault[];
  readonly undelivered: readonly Receipt[];
  readonly correlator: Correlator;
}

/** Receipts of parcels that were not delivered are kept up to this number; more are counted in the tally only. */
const MAX_UNDELIVERED = 20;

/** Reads all sources to their end, merged by event time, and delivers the incidents found. */
export async function runBatch(plan: BatchPlan): Promise<BatchResult> {
  const tally = emptyTally();
  const faults: SourceFault[] = [];
  const undelivered: Receipt[] = [];
  const formats = new Map<LogFormat, number>();
  const parsers = new Map<string, LineParser>();
  const { latenessMs } = plan.correlate;
  let json: LogFormat | null = null;

  const detect = detector(plan.rules, { own: (entry) => ownEntry(entry, parserOf(entry)) });
  const correlation = correlator({ ...plan.correlate, correlations: plan.rules.correlations, fieldValue });
  const compose = composer(plan.compose);
  const scan = { plan, tally, detect, correlation, allowed: allowList(plan.allow), bytes: 0 };

  const feeds: Feed[] = [];
  for (const source of plan.sources) feeds.push(await prepare(source));
  for await (const reached of interleave(feeds, latenessMs)) await giveOut(correlation.advance(reached - latenessMs));
  await giveOut(correlation.end());
  return { tally, formats, faults, undelivered, correlator: correlation };

  function parserOf({ line }: AccessLogEntry): LineParser {
    const parse = parsers.get(line.source);
    if (parse === undefined) throw new Error(`an entry of ${line.source}, which is not being read`);
    return parse;
  }

  /** Looks at the beginning of a source. Archives are opened again when it is their turn, so that few are open at a time. */
  async function prepare(source: Source): Promise<Feed> {
    const options: ReadOptions = {
      ...plan.read,
      onReject: (reject) => {
        tally.lines++;
        rejected(scan, reject);
      },
      onBytes: (bytes) => {
        scan.bytes += bytes;
      },
    };
    const probe = await openSource(source, { ...options, onBytes: () => {} });
    const format = plan.format ?? chosen(probe.head);
    countUp(formats, format);
    tally.files++;
    const parse = parser({ ...plan.client, format });
    parsers.set(source.name, parse);
    const startsAt = firstTime(probe.head, parse);
    const kept = source.name === '-' ? probe : null;
    if (kept === null) await probe.close();
    return {
      startsAt,
      async *open() {
        const opened = kept ?? (await openSource(source, options));
        yield* opened.map(scanner(scan, parse));
        tally.lines += opened.skipped;
        tally.skipped += opened.skipped;
        if (opened.fault !== null) faults.push(opened.fault);
      },
    };
  }

  /** A format once for all sources that have it, so that they are counted together. */
  function chosen(head: readonly string[]): LogFormat {
    const { format } = chooseFormat(head);
    if (format.name !== 'json') return format;
    json ??= findFormat('json', plan.jsonFields);
    return json;
  }

  async function giveOut({ hits, incidents }: Correlated): Promise<void> {
    for (const hit of hits) noteHit(scan, hit);
    for (const incident of incidents) {
      if (incident.closed) tally.incidents++;
      tally.sightings += incident.sightings.length;
      let whole = true;
      const receipts: Receipt[] = [];
      for (const parcel of compose(incident)) {
        tally.parcels++;
        let receipt = await plan.sink.send(parcel);
        countReceipt(tally, receipt);
        receipts.push(receipt);
        if (receipt.verdict === 'delivered') continue;
        whole = false;
        receipt = await plan.onUndelivered(parcel, receipt);
        if (undelivered.length < MAX_UNDELIVERED) undelivered.push(receipt);
      }
      if (whole) await plan.onDelivered(incident, receipts);
    }
  }
}

interface Scan {
  readonly plan: BatchPlan;
  readonly tally: Tally;
  readonly detect: Detector;
  readonly correlation: Correlator;
  readonly allowed: (entry: AccessLogEntry) => string | null;
  bytes: number;
}

/** After so many lines at the latest, and in each new hour of event time, a source tells how far its clock has come. */
const TICK_LINES = 1024;
const TICK_MS = 3_600_000;

/** What is done with one line: parse, detect and correlate's intake share one hop; only ticks of the clock go on. */
function scanner(scan: Scan, parse: LineParser): (line: LogLine) => number | undefined {
  const { plan, tally } = scan;
  let clock = -Infinity;
  let nextTick = -Infinity;
  let untilTick = TICK_LINES;
  return (line) => {
    tally.lines++;
    const entry = parse(line);
    if (isReject(entry)) return rejected(scan, entry);
    const { time } = entry;
    if (time < plan.sinceMs || time >= plan.untilMs) {
      tally.skipped++;
      return undefined;
    }
    if (time > clock) clock = time;
    take(scan, entry, clock);
    if (--untilTick > 0 && clock < nextTick) return undefined;
    untilTick = TICK_LINES;
    nextTick = (Math.floor(clock / TICK_MS) + 1) * TICK_MS;
    plan.onProgress(scan.bytes, tally);
    return clock;
  };
}

/** Holds an entry against the rules and hands on what came of it. */
function take(scan: Scan, entry: AccessLogEntry, clock: number): void {
  const { tally, detect, correlation, allowed } = scan;
  const { time } = entry;
  tally.parsed++;
  if (tally.oldest === null || time < tally.oldest) tally.oldest = time;
  if (tally.newest === null || time > tally.newest) tally.newest = time;
  const hits = detect(entry);
  const reason = hits.length === 0 ? null : allowed(entry);
  if (reason !== null) {
    countUp(tally.allowed, reason);
    return;
  }
  let alerts = false;
  for (const hit of hits) {
    if (!hit.rule.alerts) continue;
    alerts = true;
    noteHit(scan, hit);
  }
  if (alerts) tally.hitLines++;
  else correlation.learn(entry, clock);
  if (hits.length > 0) correlation.take(hits, clock);
}

function noteHit({ plan, tally }: Scan, hit: Hit): void {
  countUp(tally.hitsByRule, hit.rule);
  plan.onHit(hit);
}

function rejected({ plan, tally }: Scan, reject: Reject): undefined {
  countReject(tally, reject);
  plan.onReject(reject);
}

/** Event time of the first line that parses. */
function firstTime(head: readonly string[], parse: LineParser): number {
  for (const text of head) {
    const entry = parse({ source: '', number: 0, offset: 0, length: text.length, text });
    if (!isReject(entry)) return entry.time;
  }
  return -Infinity;
}
