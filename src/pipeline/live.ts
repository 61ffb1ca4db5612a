import { deserialize, serialize } from 'node:v8';
import { type ComposerOptions, composeLoss, composer, titleOf } from '../compose/compose.ts';
import type { Correlated } from '../correlate/correlate.ts';
import { passes } from '../model/errors.ts';
import type { AttackerTotal, Incident } from '../model/incident.ts';
import type { LogLine } from '../model/line.ts';
import type { Reject } from '../model/reject.ts';
import { emptyTally, type Tally } from '../model/tally.ts';
import { findFormat, formatText, isReject, type JsonMapping, type LogFormat } from '../parse/parse.ts';
import type { FilePosition, FollowedFile, Follower, FollowNotice } from '../read/read.ts';
import type { LedgerRow, OutgoingParcel, State } from '../state/state.ts';
import { type Journal, type JournalEntry, journal, readJournal } from './journal.ts';
import { type Accounts, openAccounts } from './ledger.ts';
import { formatChooser } from './probe.ts';
import { openScan, type Scan, type ScanPlan, stateOf } from './scan.ts';
import { openStrays, type Strays } from './strays.ts';
import { reachedBy } from './watermark.ts';

/**
 * A run that goes on for months, and on after any crash: what was read, what it means so far and what is to be delivered
 * are committed together. Long for the loop that joins all stages with the state.
 */

/** What a running process can be told anew. */
export interface LiveStages extends Pick<ScanPlan, 'client' | 'rules' | 'allow' | 'correlate'> {
  /** The format of a source; null: chosen from its first lines. */
  readonly formatOf: (source: string) => LogFormat | null;
  readonly jsonFields: JsonMapping;
  readonly compose: ComposerOptions;
  /** Hears of each format in use, once, before its first line is read. */
  readonly onFormat: (format: LogFormat) => void;
  /** Has the last word on an incident before it is delivered: null for none. */
  readonly confirm?: (incident: Incident) => Promise<Incident | null>;
}

export interface LivePlan extends LiveStages, Pick<ScanPlan, 'onHit' | 'onReject'> {
  readonly state: Pick<State, 'load' | 'commit' | 'transact' | 'journalBytes' | 'snapshotBytes' | 'outbox'>;
  readonly openFiles: (options: FileHooks) => Promise<Follower>;
  /** Event time of a source's first line, where it is known before it is read; null where not. */
  readonly startsAt: (source: string) => number | null;
  /** Name under which parcels wait for their sink. */
  readonly destination: string;
  /** Epoch ms: entries before `sinceMs`, or at `untilMs` and later, are skipped. */
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Epoch ms. */
  readonly now: () => number;
  /** Resolves after so many ms, or when the signal aborts. */
  readonly rest: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onNotice: (notice: FollowNotice) => void;
  /** Hears that many lines in a row were not of the source's format, and which one it has from then on; null for none. */
  readonly onStrays: (source: string, format: LogFormat | null) => void;
  /** What becomes of unfinished windows and episodes when it is stopped: `keep` for the next start, or `give-out`. */
  readonly whenStopped: 'keep' | 'give-out';
  /** Whether a full disk is waited out; where not, the run fails with it. Default: true. */
  readonly waitsForRoom?: boolean;
  /** Called within each transaction: what it changes in the state is a part of it. */
  readonly beforeCommit: () => void;
  /** Hears of each commit, once it is on the disk. */
  readonly onCommit: (committed: Committed) => void;
  /** Hears why reading pauses; null when it goes on. */
  readonly onPause: (reason: string | null) => void;
  readonly bounds: LiveBounds;
}

/** When to commit. */
export interface LiveBounds {
  readonly commitMs: number;
  readonly commitLines: number;
  /** Of lines, and of the bundles made of them. */
  readonly commitBytes: number;
  /** A snapshot is due when the journal is longer than this, and than twice the last snapshot. */
  readonly journalBytes: number;
}

export const LIVE_BOUNDS: LiveBounds = {
  commitMs: 1000,
  commitLines: 10_000,
  commitBytes: 4 * 1024 * 1024,
  journalBytes: 8 * 1024 * 1024,
};

export interface FileHooks {
  readonly positions: readonly FilePosition[];
  readonly onReject: (reject: Reject) => void;
  readonly onNotice: (notice: FollowNotice) => void;
}

export interface Committed {
  readonly parcels: number;
  readonly lines: number;
}

export interface Live {
  /** Reads until everything has ended (`ended`: all is given out) or the signal aborts (`stopped`: all is kept). */
  run(signal: AbortSignal): Promise<'ended' | 'stopped'>;
  /** From the next line on, these; what is known so far stays. */
  reload(stages: LiveStages): void;
  readonly scan: Scan;
  readonly tally: Tally;
  readonly files: readonly FollowedFile[];
  /** What became of every line, by source, as of the last commit. */
  ledger(): readonly LedgerRow[];
  /** Event time before which everything is final, epoch ms; null at the beginning. */
  readonly reached: number | null;
  /** The attackers there would be if everything had ended here: those that the run before has told, before anything is read. */
  attackersIfEnded(): readonly AttackerTotal[];
  close(): Promise<void>;
}

/** Pause after a full disk or outbox, before it is looked at again. */
const PAUSE_MS = 2000;
/** Lines that a format is chosen by. */
const HEAD_LINES = 200;
/** Event time is not told to go on by less. */
const LEAST_ADVANCE_MS = 1000;

interface Snapshot {
  readonly lanes: readonly { readonly source: string; readonly format: string; readonly clock: number }[];
  readonly correlation: ReturnType<typeof stateOf>['correlation'];
  readonly advanced: number;
  /** Left out by versions that kept the format of a file until its end. */
  readonly strays?: ReturnType<Strays['snapshot']>;
}

/** Goes on from the state: the snapshot, the journal gone through again, the positions. */
export async function openLive(plan: LivePlan): Promise<Live> {
  const { state, bounds } = plan;
  const tally = emptyTally();
  let stages: LiveStages = plan;
  let choose = formatChooser(plan.jsonFields);
  let compose = composer(plan.compose);
  let advanced = Number.NEGATIVE_INFINITY;
  let next: LiveStages | null = null;
  let needsSnapshot = false;
  let parcels: OutgoingParcel[] = [];
  let parcelChars = 0;
  let committedMs = plan.now();
  const written: Journal = journal();
  let strays = openStrays([]);
  /** Sources whose lines are of no format; told once. */
  const strange = new Set<string>();

  const silent = { ...plan, onHit() {}, onReject() {} };
  const loaded = state.load();
  let scan = restore();
  const accounts: Accounts = openAccounts(loaded.ledger);
  /** Sources whose lines have not told their format yet. */
  const undecided = new Set(
    [...scan.lanes].filter(([, { clock }]) => clock === Number.NEGATIVE_INFINITY).map(([source]) => source),
  );
  const stored = new Map(loaded.positions);
  const announced = new Set<string>();
  announceAll();
  const follower = await plan.openFiles({
    positions: [...loaded.positions.values()].map((data): FilePosition => JSON.parse(data)),
    onNotice(notice) {
      plan.onNotice(notice);
      if (notice.code === 'lost') reportLoss(notice);
    },
    onReject(reject) {
      tally.lines++;
      accounts.reject(reject);
      scan.noteReject(reject);
    },
  });

  /** What a crash left: outputs of what is gone through again were committed with it, so nobody hears of them twice. */
  function restore(): Scan {
    const snapshot: Snapshot | null = loaded.snapshot === null ? null : deserialize(loaded.snapshot);
    advanced = snapshot?.advanced ?? advanced;
    strays = openStrays(snapshot?.strays ?? []);
    const replayed = openScan(silent, emptyTally(), snapshot === null ? null : resumed(snapshot));
    let rejects: readonly Reject[] = [];
    for (const taken of loaded.journal) {
      needsSnapshot = true;
      for (const entry of readJournal(taken)) rejects = play(replayed, entry, rejects);
    }
    return openScan(plan, tally, stateOf(replayed));
  }

  function resumed(snapshot: Snapshot) {
    return { ...snapshot, lanes: snapshot.lanes.map(laneOf) };
  }

  function laneOf({ source, format, clock }: Snapshot['lanes'][number]) {
    return { source, format: plan.formatOf(source) ?? findFormat(format, plan.jsonFields), clock };
  }

  /**
   * Does to a scan what was done before.
   * @param rejects - what the entry before came to
   */
  function play(to: Scan, entry: JournalEntry, rejects: readonly Reject[]): readonly Reject[] {
    if (entry.kind === 'line') return straysAfter(entry.line, takeLine(to, entry.line)) ?? [];
    if (entry.kind === 'format') {
      to.open(entry.source, findFormat(entry.format, plan.jsonFields));
      if (entry.strays) for (const { line } of rejects) takeLine(to, line);
    } else {
      advanced = entry.watermark;
      to.correlation.advance(entry.watermark);
    }
    return [];
  }

  /** @returns what the line counts as */
  function takeLine(to: Scan, line: LogLine): 'parsed' | 'skipped' | Reject {
    const lane = to.lanes.get(line.source);
    if (lane === undefined) throw new Error(`a line of ${line.source}, which has no format`);
    const entry = lane.parse(line);
    if (isReject(entry)) {
      to.noteReject(entry);
      return entry;
    }
    if (entry.time < plan.sinceMs || entry.time >= plan.untilMs) return 'skipped';
    if (entry.time > lane.clock) lane.clock = entry.time;
    to.take(entry, lane.clock);
    return 'parsed';
  }

  /** The lines that tell that the source has another format now, if this is the last one that it took. */
  function straysAfter(line: LogLine, fate: 'parsed' | 'skipped' | Reject): readonly Reject[] | null {
    if (typeof fate === 'object') return strays.add(fate);
    strays.clear(line.source);
    return null;
  }

  function take(line: LogLine): void {
    written.add({ kind: 'line', line });
    const rejects = straysAfter(line, account(line));
    if (rejects !== null) reconsider(line.source, rejects);
  }

  function account(line: LogLine): ReturnType<typeof takeLine> {
    tally.lines++;
    const fate = takeLine(scan, line);
    if (typeof fate === 'string') accounts.count(line.source, fate);
    else accounts.reject(fate);
    if (fate === 'skipped') tally.skipped++;
    return fate;
  }

  /** Lines of another format in the midst of a file: if it can be told by them, it is the source's from there on. */
  function reconsider(source: string, rejects: readonly Reject[]): void {
    const { format, matched } = choose(rejects.map(({ line }) => line.text));
    if (stages.formatOf(source) !== null || matched * 2 < rejects.length) {
      if (!strange.has(source)) plan.onStrays(source, null);
      strange.add(source);
      return;
    }
    strange.delete(source);
    undecided.delete(source);
    plan.onStrays(source, format);
    openLane(source, format, true);
    for (const reject of rejects) {
      accounts.retract(reject);
      account(reject.line);
    }
  }

  function openLane(source: string, format: LogFormat, isForStrays: boolean): void {
    announce(format);
    scan.open(source, format);
    written.add({ kind: 'format', source, format: formatText(format), strays: isForStrays });
  }

  async function read(file: FollowedFile): Promise<number> {
    const { source } = file;
    const lane = scan.lanes.get(source);
    const waiting: LogLine[] = [];
    const count = await file.read((line) => {
      // A new file may have a new format: it is chosen by all that was there to be read.
      const isOpen = line.number === 1 || undecided.has(source);
      if (waiting.length > 0 || lane === undefined || (isOpen && stages.formatOf(source) === null)) {
        waiting.push(line);
      } else take(line);
    });
    if (waiting.length > 0) {
      const format = stages.formatOf(source) ?? chosen(waiting, source);
      const used = scan.lanes.get(source)?.format;
      if (used === undefined || formatText(used) !== formatText(format)) openLane(source, format, false);
      waiting.forEach(take);
    }
    return count;
  }

  /** As long as lines are of no format, each of them may tell which one the file has. */
  function chosen(lines: readonly LogLine[], source: string): LogFormat {
    const { format, matched } = choose(lines.slice(0, HEAD_LINES).map(({ text }) => text));
    if (matched > 0) undecided.delete(source);
    else undecided.add(source);
    return matched > 0 ? format : (scan.lanes.get(source)?.format ?? format);
  }

  /** What was lost cannot be read again: it becomes an incident of its own. */
  function reportLoss({ source, lostBytes }: FollowNotice): void {
    const clock = clockOf(source);
    const since = Number.isFinite(clock) ? clock : plan.now();
    const parcel = composeLoss({ source, bytes: lostBytes, since }, stages.compose);
    tally.incidents++;
    tally.parcels++;
    parcels.push({ parcel, destination: plan.destination, aftermath: null });
  }

  function clockOf(source: string): number {
    const clock = scan.lanes.get(source)?.clock ?? Number.NEGATIVE_INFINITY;
    return clock === Number.NEGATIVE_INFINITY ? (plan.startsAt(source) ?? clock) : clock;
  }

  /** The file whose lines come next: of those with a backlog the one furthest behind, else each in turn. */
  async function readOn(): Promise<number> {
    const behind = follower.files.filter(({ ended, atEnd }) => !ended && !atEnd);
    for (const file of behind.sort((a, b) => clockOf(a.source) - clockOf(b.source))) {
      const count = await read(file);
      if (count > 0) return count; // A search that rotation disturbs holds nobody else up.
    }
    let count = 0;
    for (const file of follower.files) if (!file.ended) count += await read(file);
    return count;
  }

  async function advance(): Promise<void> {
    const watermark = reachedBy(follower.files, clockOf, plan.now()) - stages.correlate.latenessMs;
    if (watermark < advanced + LEAST_ADVANCE_MS || watermark === Number.POSITIVE_INFINITY) return;
    advanced = watermark;
    written.add({ kind: 'advance', watermark });
    await giveOut(scan.correlation.advance(watermark));
  }

  async function giveOut({ hits, incidents }: Correlated): Promise<void> {
    for (const hit of hits) scan.noteHit(hit);
    for (const found of incidents) {
      const incident = stages.confirm === undefined ? found : await stages.confirm(found);
      if (incident === null) continue;
      if (incident.closed) tally.incidents++;
      tally.sightings += incident.sightings.length;
      const bundles = compose(incident);
      const { attacker, first, last } = incident;
      const aftermath = JSON.stringify({ attacker, first, last, title: titleOf(incident) });
      for (const [index, parcel] of bundles.entries()) {
        tally.parcels++;
        const isLast = index === bundles.length - 1;
        parcels.push({ parcel, destination: plan.destination, aftermath: isLast ? aftermath : null });
        parcelChars += parcel.body.length;
      }
    }
  }

  function isDue(): boolean {
    if (written.lines >= bounds.commitLines || written.bytes + parcelChars >= bounds.commitBytes) return true;
    const passedMs = plan.now() - committedMs;
    return passedMs >= bounds.commitMs || passedMs < 0; // The clock may have been set back.
  }

  async function commit(signal: AbortSignal | null, given: Uint8Array | null = null): Promise<void> {
    const { lines } = written;
    const taken = written.take();
    const positions = changedPositions();
    committedMs = plan.now();
    const isIdle = taken === null && parcels.length === 0 && positions.length === 0;
    if (isIdle && !needsSnapshot && given === null) return;
    const growth = state.journalBytes + (taken?.length ?? 0);
    const wantsSnapshot =
      needsSnapshot || given !== null || growth > Math.max(bounds.journalBytes, 2 * state.snapshotBytes);
    const kept = taken === null ? {} : { journal: taken };
    const change = {
      positions,
      ledger: accounts.rows(follower.files),
      parcels,
      ...(wantsSnapshot ? { snapshot: given ?? snapshot() } : kept),
    };
    await insist(() => {
      state.transact(() => {
        plan.beforeCommit();
        state.commit(change);
      });
    }, signal);
    needsSnapshot = false;
    const committed = { parcels: parcels.length, lines };
    parcels = [];
    parcelChars = 0;
    for (const { source, data } of positions) stored.set(source, data);
    plan.onCommit(committed);
  }

  /** Tries until the state file has room: what was read stays in memory, and nothing more is read. */
  async function insist<Answer>(step: () => Answer, signal: AbortSignal | null): Promise<Answer> {
    for (let paused = false; ; paused = true) {
      try {
        const answer = step();
        if (paused) plan.onPause(null);
        return answer;
      } catch (error) {
        if (!passes(error) || signal === null || signal.aborted) throw error;
        if (plan.waitsForRoom === false && error.code === 'state-full') throw error;
        if (!paused) plan.onPause(error.message);
        await plan.rest(PAUSE_MS, signal);
      }
    }
  }

  function snapshot(): Uint8Array {
    const { lanes, correlation } = stateOf(scan);
    const named = lanes.map(({ source, format, clock }) => ({ source, format: formatText(format), clock }));
    return serialize({ lanes: named, correlation, advanced, strays: strays.snapshot() } satisfies Snapshot);
  }

  function changedPositions(): { source: string; data: string }[] {
    return follower.files.flatMap(({ source, position }) => {
      const data = position === null ? null : JSON.stringify(position);
      return data === null || stored.get(source) === data ? [] : [{ source, data }];
    });
  }

  function takeUp(given: LiveStages): void {
    const { lanes, correlation } = stateOf(scan);
    const formats = lanes.map(({ source, format, clock }) => ({
      source,
      format: given.formatOf(source) ?? format,
      clock,
    }));
    stages = given;
    choose = formatChooser(given.jsonFields);
    compose = composer(given.compose);
    scan = openScan({ ...plan, ...given }, tally, { lanes: formats, correlation });
    needsSnapshot = true;
    strange.clear();
    announceAll();
  }

  function announceAll(): void {
    announced.clear();
    for (const { format } of scan.lanes.values()) announce(format);
  }

  function announce(format: LogFormat): void {
    const text = formatText(format);
    if (!announced.has(text)) stages.onFormat(format);
    announced.add(text);
  }

  /** False when nothing may be read for now. */
  async function hasRoom(signal: AbortSignal): Promise<boolean> {
    // A full disk may have no room even for what SQLite needs to read.
    const isFull = () => insist(() => state.outbox.isFull(), signal);
    if (!(await isFull())) return true;
    // Without a commit, a log that is rotated away during a long pause would be lost to a crash.
    await commit(signal);
    plan.onPause('the outbox is full: reading goes on when bundles have been delivered');
    while (!signal.aborted && (await isFull())) await plan.rest(PAUSE_MS, signal);
    plan.onPause(null);
    // What was written meanwhile is seen before the clock goes on without it.
    await follower.changed(0, signal);
    return !signal.aborted;
  }

  return {
    async run(signal) {
      // Files may have changed names with each other: from here on, what was read of each stands under its name of now.
      await commit(signal);
      while (!signal.aborted) {
        if (next !== null) takeUp(next);
        next = null;
        if (!(await hasRoom(signal))) break;
        const count = await readOn();
        await advance();
        if (follower.files.length > 0 && follower.files.every(({ ended }) => ended)) {
          // The next run goes on where this one was before everything was called over.
          const kept = snapshot();
          // Where nothing was read, the run before has told already what its end came to.
          if (tally.parsed > 0) await giveOut(scan.correlation.end());
          await commit(signal, kept);
          return 'ended';
        }
        if (isDue()) await commit(signal);
        await follower.changed(count === 0 ? bounds.commitMs : 0, signal);
      }
      if (plan.whenStopped === 'give-out') await giveOut(scan.correlation.end());
      needsSnapshot = true;
      await commit(null);
      return 'stopped';
    },
    reload(given) {
      next = given;
    },
    get scan() {
      return scan;
    },
    tally,
    get files() {
      return follower.files;
    },
    ledger: () => accounts.rows(follower.files),
    get reached() {
      return advanced === Number.NEGATIVE_INFINITY ? null : advanced;
    },
    attackersIfEnded() {
      const copy = openScan({ ...silent, ...stages }, emptyTally(), resumed(deserialize(snapshot())));
      copy.correlation.end();
      return copy.correlation.attackers(Infinity);
    },
    close: () => follower.close(),
  };
}
