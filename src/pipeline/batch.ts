import { type ComposerOptions, composer } from '../compose/compose.ts';
import type { Correlated, Correlator } from '../correlate/correlate.ts';
import type { Sink } from '../deliver/deliver.ts';
import type { Incident } from '../model/incident.ts';
import type { LogLine } from '../model/line.ts';
import type { Parcel, Receipt } from '../model/parcel.ts';
import { countReceipt, countUp, emptyTally, type Tally } from '../model/tally.ts';
import { isReject, type LogFormat } from '../parse/parse.ts';
import {
  type Feed,
  interleave,
  type LineTaker,
  openSource,
  type ReadOptions,
  type Source,
  type SourceFault,
} from '../read/read.ts';
import { firstTime, formatChooser } from './probe.ts';
import { type QuietMemory, quietLines, quietMemory } from './quiet-lines.ts';
import { type Lane, openScan, type Scan, type ScanPlan } from './scan.ts';

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
  const { latenessMs } = plan.correlate;
  const chosen = formatChooser(plan.jsonFields);
  let bytesRead = 0;

  const scan = openScan(plan, tally);
  const { correlation } = scan;
  const memory = quietMemory();
  const compose = composer(plan.compose);

  const feeds: Feed[] = [];
  for (const source of plan.sources) feeds.push(await prepare(source));
  for await (const reached of interleave(feeds, latenessMs)) await giveOut(correlation.advance(reached - latenessMs));
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
    const kept = source.name === '-' ? probe : null;
    if (kept === null) await probe.close();
    return {
      startsAt,
      async *open() {
        const opened = kept ?? (await openSource(source, options));
        const takes = scanner(plan, scan, source.name, lane, memory, () => plan.onProgress(bytesRead, tally));
        if (opened.shape === 'lines' && takes.sight !== null) {
          yield* opened.take({ ...takes, sight: takes.sight });
        } else {
          yield* opened.map((line) => {
            takes.take(line);
            return takes.tick();
          });
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

/** After so many lines at the latest, and in each new hour of event time, a source tells how far its clock has come. */
const TICK_LINES = 1024;
const TICK_MS = 3_600_000;

/** What is done with the lines of a source: parse, detect and correlate's intake share one hop. */
interface Takes {
  readonly sight: LineTaker<number>['sight'] | null;
  take(line: LogLine): void;
  /** To be asked after each line: how far the source's clock has come, when it is time to tell. */
  tick(): number | undefined;
}

function scanner(
  { sinceMs, untilMs, read: { maxLineBytes } }: Pick<BatchPlan, 'sinceMs' | 'untilMs' | 'read'>,
  scan: Scan,
  source: string,
  lane: Lane,
  memory: QuietMemory,
  onTick: () => void,
): Takes {
  const { tally } = scan;
  const skimmer = source === '-' || !scan.canBeQuiet ? null : lane.format.openSkimmer();
  const quiet =
    skimmer === null ? null : quietLines({ scan, source, lane, skimmer, maxLineBytes, sinceMs, untilMs, memory });
  let nextTick = Number.NEGATIVE_INFINITY;
  let untilTick = TICK_LINES;
  return {
    sight:
      quiet === null
        ? null
        : (bytes, from, end, number, offset) => {
            const newline = quiet.sight(bytes, from, end, number, offset);
            if (newline >= 0) tally.lines++;
            return newline;
          },
    take(line) {
      tally.lines++;
      const entry = lane.parse(line);
      if (isReject(entry)) {
        scan.noteReject(entry);
        return;
      }
      const { time } = entry;
      if (time < sinceMs || time >= untilMs) {
        tally.skipped++;
        return;
      }
      if (time > lane.clock) lane.clock = time;
      if (quiet?.take(entry) !== true) scan.take(entry, lane.clock);
    },
    tick() {
      if (--untilTick > 0 && lane.clock < nextTick) return undefined;
      if (lane.clock === Number.NEGATIVE_INFINITY) return undefined;
      untilTick = TICK_LINES;
      nextTick = (Math.floor(lane.clock / TICK_MS) + 1) * TICK_MS;
      onTick();
      return lane.clock;
    },
  };
}
