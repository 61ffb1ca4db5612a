import { type ComposerOptions, composer } from '../compose/compose.ts';
import type { Correlated, Correlator } from '../correlate/correlate.ts';
import type { Sink } from '../deliver/deliver.ts';
import type { Incident } from '../model/incident.ts';
import type { Parcel, Receipt } from '../model/parcel.ts';
import { countReceipt, countUp, emptyTally, type Tally } from '../model/tally.ts';
import type { LogFormat } from '../parse/parse.ts';
import { type Feed, interleave, openSource, type ReadOptions, type Source, type SourceFault } from '../read/read.ts';
import { player } from './apart/play.ts';
import { readApart } from './apart/read-apart.ts';
import { segmentScanner } from './apart/segment-scanner.ts';
import { openWorkers } from './apart/workers.ts';
import { lineTaker } from './line-taker.ts';
import { firstTime, formatChooser } from './probe.ts';
import { quietMemory } from './quiet-lines.ts';
import { openScan, type ScanPlan } from './scan.ts';
import { ticker } from './ticker.ts';

/** What a batch run needs: plain options of each stage, and who wants to hear of what. */
export interface BatchPlan extends ScanPlan {
  readonly sources: readonly Source[];
  readonly read: Pick<ReadOptions, 'maxLineBytes'>;
  /** Null: chosen from the first lines of each source. */
  readonly format: LogFormat | null;
  /** Keys of JSON logs, where the format is chosen. */
  readonly jsonFields: Readonly<Record<string, string>>;
  readonly compose: ComposerOptions;
  readonly sink: Sink;
  /** Epoch ms: entries before `sinceMs`, or at `untilMs` and later, are skipped. */
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Absent: lines are scanned where they are correlated. The results are the same. */
  readonly apart?: ApartPlan;
  /** Has the last word on an incident before it is delivered: null for none. */
  readonly confirm?: (incident: Incident) => Promise<Incident | null>;
  /** Hears of each format in use, before the first line of it is read. */
  readonly onFormat?: (format: LogFormat) => void;
  /** Bytes read so far, as stored, and the tally so far. */
  readonly onProgress: (bytes: number, tally: Tally) => void;
  /** What to do with a parcel that was not delivered whole; the receipt it returns says where it is now. */
  readonly onUndelivered: (parcel: Parcel, receipt: Receipt) => Promise<Receipt>;
  /** Hears of an incident once all that was new about it has been delivered, in as many bundles as there are receipts. */
  readonly onDelivered: (incident: Incident, receipts: readonly Receipt[]) => Promise<void>;
}

/** How lines are scanned in other threads. */
export interface ApartPlan {
  /** Threads beside the first one. */
  readonly workers: number;
  /** The folders that the rules of the run are from. */
  readonly ruleFolders: readonly string[];
  /** Bytes scanned at a time, but for longer lines. */
  readonly segmentBytes: number;
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
  const { sinceMs, untilMs, apart } = plan;
  const { latenessMs } = plan.correlate;
  const chosen = formatChooser(plan.jsonFields);
  let bytesRead = 0;

  const scan = openScan(plan, tally);
  const { correlation } = scan;
  const memory = quietMemory();
  const compose = composer(plan.compose);
  const workers = apart === undefined ? null : openWorkers(apart, plan, segmentScanner(plan, scan, memory));
  const rules = new Map(plan.rules.rules.map((rule) => [rule.id, rule]));

  try {
    const feeds: Feed[] = [];
    for (const source of plan.sources) feeds.push(await prepare(source));
    for await (const reached of interleave(feeds, latenessMs)) await giveOut(correlation.advance(reached - latenessMs));
  } finally {
    await workers?.close();
  }
  await giveOut(correlation.end());
  return { tally, formats, faults, undelivered, correlator: correlation };

  /** Looks at the beginning of a source. Archives are opened again when it is their turn, so that few are open at a time. */
  async function prepare(source: Source): Promise<Feed> {
    const options: ReadOptions = {
      ...plan.read,
      onReject: (reject) => {
        tally.lines++;
        scan.noteReject(reject);
      },
      onBytes: (bytes) => {
        bytesRead += bytes;
      },
    };
    const probe = await openSource(source, { ...options, onBytes: () => {} });
    const format = plan.format ?? chosen(probe.head).format;
    if (!formats.has(format)) plan.onFormat?.(format);
    countUp(formats, format);
    tally.files++;
    const lane = scan.open(source.name, format);
    const startsAt = firstTime(probe.head, lane.parse);
    // What has no size is a stream: what was read of it is not there a second time.
    const kept = source.sizeBytes === null ? probe : null;
    if (kept === null) await probe.close();
    return {
      startsAt,
      async *open() {
        const opened = kept ?? (await openSource(source, options));
        const taker = { intake: scan, source: source.name, lane, memory, sinceMs, untilMs, ...plan.read };
        const { take, sight } = lineTaker(taker);
        const tick = ticker(lane, () => plan.onProgress(bytesRead, tally));
        if (opened.shape !== 'lines' || sight === null) {
          yield* opened.map((line) => {
            take(line);
            return tick();
          });
        } else if (workers === null || apart === undefined) {
          yield* opened.take({ take, sight, tick });
        } else {
          const play = player({ scan, source: source.name, lane, tick, rules });
          yield* readApart({ opened, format, workers, segmentBytes: apart.segmentBytes, play });
        }
        tally.lines += opened.skipped;
        tally.skipped += opened.skipped;
        if (opened.fault !== null) faults.push(opened.fault);
      },
    };
  }

  async function giveOut({ hits, incidents }: Correlated): Promise<void> {
    for (const hit of hits) scan.noteHit(hit);
    for (const found of incidents) {
      const incident = plan.confirm === undefined ? found : await plan.confirm(found);
      if (incident === null) continue;
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
