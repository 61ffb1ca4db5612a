import type { CorrelationRule } from '../model/correlation.ts';
import type { AccessLogEntry } from '../model/entry.ts';
import type { Hit } from '../model/hit.ts';
import type { AttackerTotal, Incident } from '../model/incident.ts';
import type { LogLine } from '../model/line.ts';
import type { Rule } from '../model/rule.ts';
import { answers, type Served, siteOf } from './answers.ts';
import { attackerNamer } from './attacker.ts';
import { emptyBaseline, foldHour, noteAbsent, restoreBaseline, saveBaseline } from './baseline.ts';
import { correlations } from './correlations.ts';
import { type CorrelatorCounts, copyCounts, emptyCounts, restoreCounts } from './counts.ts';
import { episodes } from './episodes.ts';
import { keyReader } from './group-key.ts';
import { lineRing, type RingLine } from './line-ring.ts';
import { WEIGHT_BYTES } from './line-weight.ts';
import { packer } from './packer.ts';
import { DEFAULT_POINTS, type Points } from './score.ts';
import { compareLines, type Line, type Slot, sequencer } from './sequencer.ts';
import { type CorrelatorState, refuseOtherVersions, STATE_VERSION } from './state.ts';
import type { Kept, Shelf } from './trail.ts';
import { unpacker } from './unpacker.ts';

export { type AllowEntry, allowList, mayAllow } from './allow-list.ts';
export { isServed, type Page, pageOf, type Served } from './answers.ts';
export { type Caller, callerOf } from './caller.ts';
export { COSTS, type CorrelatorCounts, type Cost } from './counts.ts';
export type { Points } from './score.ts';
export type { CorrelatorState } from './state.ts';

/** Where a correlator goes on. */
export interface Resume {
  readonly state: CorrelatorState;
  /**
   * The detection rules now in force. A rule counts as it is now; what waits for one that is gone is dropped and counted,
   * and the episodes remember it as it was. Windows of a correlation that is gone or defined otherwise are dropped.
   */
  readonly rules: readonly Rule[];
  /**
   * Reads a line of the state again, in the format of its source. An entry of another time or client than before, or
   * null, leaves of the line what was stored of it, and is counted.
   */
  readonly reread: (line: LogLine) => AccessLogEntry | null;
}

export interface CorrelatorOptions {
  /** Their `rule.alerts` says already what `generate` made of it. */
  readonly correlations: readonly CorrelationRule[];
  /** Sigma field -> value of an entry; null when it has none. */
  readonly fieldValue: (entry: AccessLogEntry, field: string) => string | number | null;
  /** Hits of one attacker with a longer pause between them are two episodes. */
  readonly gapMs: number;
  /** Length of a sighting's bucket, aligned to UTC. */
  readonly bucketMs: number;
  /** How much older than the newest line of its source a line may be and still be in time. */
  readonly latenessMs: number;
  /** IPv6 attackers are grouped by this prefix length. */
  readonly ipv6PrefixBits: number;
  readonly points: Points;
  /** Points from which on an episode is an incident. */
  readonly promoteAt: number;
  /**
   * An incident is given out when its episode is over, or earlier when so many sealed sightings wait; 1 gives each out
   * as it is sealed.
   */
  readonly pendingSightings: number;
  /** Lines with hits of rules that alert that wait for their turn. Here and below, a line counts once for each 512 bytes. */
  readonly maxPendingHits: number;
  /** Other lines that wait for their turn. */
  readonly maxPendingLines: number;
  /** Groups of one correlation. */
  readonly maxGroups: number;
  /** Events in one group of a correlation, unless its own condition needs more. */
  readonly maxGroupEvents: number;
  /** Lines that the windows of all correlations hold together. */
  readonly maxHeldLines: number;
  readonly maxEpisodes: number;
  /** Sightings that wait in an episode which is no incident. */
  readonly maxSightings: number;
  /** Sightings of late lines that are open in an episode. */
  readonly maxLateSightings: number;
  /** Lines that all episodes together keep as evidence. */
  readonly maxKeptLines: number;
  /** Lines quoted in one sighting: the first half and the last half of them. */
  readonly maxEvidence: number;
  /** Observables of one sighting. */
  readonly maxObservables: number;
  /** Targets of one sighting or incident. */
  readonly maxTargets: number;
  /** Addresses listed for one attacker. */
  readonly maxAddresses: number;
  /** Attackers remembered for the summary. */
  readonly maxAttackers: number;
  /** Paths whose ordinary answers are remembered; as many again wait for their hour to end. */
  readonly maxBaselinePaths: number;
  /** Bytes of the lines that are put by because nothing but the rule for every request hits them, beside those that wait. */
  readonly maxQuietBytes: number;
  /** The rule that hits every request, if the correlations may put by lines that nothing else hits. */
  readonly quiet?: QuietRule;
  /** Absent: starts with nothing. */
  readonly resume?: Resume;
}

export interface QuietRule {
  readonly rule: Rule;
  /** The rule's hit of a line that was put by. */
  readonly hitOf: (line: LogLine) => Hit;
}

/** A line that only the rule for every request hits, and that is a request for a path. */
export interface QuietLine extends RingLine {
  /** What its path answered; null for nothing to learn from. */
  readonly served: Served | null;
}

/** All options that have a default. */
export const CORRELATOR_DEFAULTS = {
  gapMs: 30 * 60_000,
  bucketMs: 5 * 60_000,
  latenessMs: 60_000,
  ipv6PrefixBits: 64,
  points: DEFAULT_POINTS,
  promoteAt: 100,
  pendingSightings: 200,
  maxPendingHits: 50_000,
  maxPendingLines: 60_000,
  maxGroups: 100_000,
  maxGroupEvents: 10_000,
  maxHeldLines: 100_000,
  maxEpisodes: 30_000,
  maxSightings: 50,
  maxLateSightings: 1000,
  maxKeptLines: 100_000,
  maxEvidence: 20,
  maxObservables: 30,
  maxTargets: 10,
  maxAddresses: 20,
  maxAttackers: 1000,
  maxBaselinePaths: 20_000,
  maxQuietBytes: 32 * 1024 * 1024,
} as const satisfies Partial<CorrelatorOptions>;

/** What has become final. Concatenated, the results of all calls are the same however often they are asked for. */
export interface Correlated {
  /** One hit for each line that a fired correlation counted, with the correlation as rule. */
  readonly hits: readonly Hit[];
  readonly incidents: readonly Incident[];
}

export interface Correlator {
  /**
   * Learns from a line without hits of alerting rules how its site ordinarily answers.
   * @param clock as for `take`.
   */
  learn(entry: AccessLogEntry, clock: number): void;
  /**
   * Takes the hits of one line.
   * @param clock the newest event time that the line's own source had shown so far, this line included.
   */
  take(hits: readonly Hit[], clock: number): void;
  /** Whether lines may come by `takeQuiet`. */
  readonly canTakeQuiet: boolean;
  /**
   * Takes a line, and learns from it, as `take` of its one hit and `learn` would, at a fraction of their cost. The line
   * may be used again for the next one.
   * @param clock as for `take`.
   */
  takeQuiet(line: QuietLine, clock: number): void;
  /** All lines with a time before `watermark` are in, but for late ones: everything before it becomes final. */
  advance(watermark: number): Correlated;
  /** There is no more input: everything becomes final. */
  end(): Correlated;
  /** The worst attackers so far: incidents first, then by score. */
  attackers(limit: number): AttackerTotal[];
  /** All that it knows; a correlator that resumes with it gives what this one would go on to give, byte for byte. */
  snapshot(): CorrelatorState;
  readonly counts: CorrelatorCounts;
  /** Episodes that may go on. */
  readonly openEpisodes: number;
}

/** Later than any event, and than the end of all that an event could open; earlier than what is never over. */
const AFTER_ALL = Number.MAX_SAFE_INTEGER;

/**
 * The correlate stage: hits become incidents, by event time alone.
 *
 * Lines wait until the watermark has passed them and then go, in order of time, through the correlations and into their
 * attackers' episodes; windows, buckets and episodes that are over in between are closed in that same order. What was
 * learned of ordinary answers counts from the end of its hour on. A line that
 * comes too late goes in at the time of its arrival and keeps its own time: it counts in windows that are still open,
 * and in a sighting of its own.
 * @throws SightlineError `correlation-cycle`, or `unknown-state` or `damaged-state` for a state to resume.
 */
export function correlator(options: CorrelatorOptions): Correlator {
  const { resume } = options;
  if (resume !== undefined) refuseOtherVersions(resume.state);
  const counts = emptyCounts();
  const attackerOf = attackerNamer(options.ipv6PrefixBits);
  const ring = lineRing({
    maxLines: options.maxHeldLines + options.maxPendingHits + options.maxPendingLines,
    maxBytes: options.maxQuietBytes + options.maxPendingLines * WEIGHT_BYTES,
    onDropped: () => {
      counts.costs['quiet-lines-dropped']++;
    },
  });
  const shelf: Shelf = {
    timeOf: (kept) => (typeof kept === 'number' ? ring.timeOf(kept) : kept.entry.time),
    turnOf: (kept) => (typeof kept === 'number' ? ring.turnOf(kept) : -1),
    priorTo: ring.priorTo,
    setPrior: ring.setPrior,
    hitsOf: (kept) =>
      byTurn(kept).flatMap((turn) =>
        turn
          .map(hitOf)
          .filter((hit) => hit !== null)
          .sort(compareHits),
      ),
  };
  let turn = 0;
  /** Whose lines of the present turn are played one by one. */
  const awake = new Set<string>();
  const lines = sequencer({ ...options, shelf }, counts);
  const baseline =
    resume === undefined
      ? emptyBaseline(options.maxBaselinePaths)
      : restoreBaseline(resume.state.baseline, options.maxBaselinePaths);
  const ordinary = answers(options, baseline, counts);
  const keyOf = keyReader(options.fieldValue, attackerOf);
  const windows = correlations({ ...options, keyOf, shelf }, counts);
  const quiet = options.quiet === undefined ? 'unheard' : quietOf(options.quiet.rule);
  const book = episodes({ ...options, attackerOf, baseline }, counts);
  let marked: Hit[] = [];
  if (resume !== undefined) restore(resume);

  /** Whatever else than correlations has to hear of the rule's hits has to hear of each. */
  function quietOf(rule: Rule): ReturnType<typeof windows.quietOf> {
    return rule.alerts || isProbe(rule) ? null : windows.quietOf(rule.id);
  }

  function record(hits: readonly Hit[], at: number, late: boolean): void {
    for (const hit of hits) {
      marked.push(hit);
      book.take(hit, at, late);
    }
  }

  function play(slot: Slot): void {
    const { at, late } = slot;
    closeUntil(at);
    for (const line of linesInTime(slot)) playLine(line, at, false);
    for (const line of late) playLine(line, at, true);
  }

  /** With the lines put by that a correlation may have to look at: for each attacker either all of this moment or none. */
  function linesInTime({ at, inTime, quiet: runs }: Slot): readonly Line[] {
    if (runs.length === 0 || quiet === null || quiet === 'unheard') return inTime;
    ring.forget(at - quiet.timespanMs);
    turn++;
    if (awake.size > 0) awake.clear();
    for (const [{ entry }] of inTime) awake.add(attackerOf(entry.client));
    const roused: Kept[] = [];
    for (let run = 0; run < runs.length; run += 2) {
      const end = runs[run + 1] as number; // runs are pairs
      for (let place = runs[run] as number; place < end; place++) {
        const caller = ring.callerOf(place);
        if (caller === undefined) continue; // It had to make room.
        ring.setTurn(place, turn);
        caller.key ??= attackerOf(caller.client);
        const { key } = caller;
        if (awake.size === 0 || !awake.has(key)) {
          if (quiet.sleepsOver(caller, key, place, at)) continue;
          awake.add(key);
          roused.push(...quiet.takeBack(key, turn));
        }
        roused.push(place);
      }
    }
    if (roused.length === 0) return inTime;
    return [...inTime, ...shelf.hitsOf(roused).map((hit): Line => [hit])].sort(compareLines);
  }

  /** Lines that were put by in one turn stand together, each hit alone. */
  function byTurn(kept: readonly Kept[]): Kept[][] {
    const turns: Kept[][] = [];
    let latest = -1;
    for (const one of kept) {
      const its = shelf.turnOf(one);
      if (its < 0 || its !== latest) turns.push([]);
      turns.at(-1)?.push(one);
      latest = its;
    }
    return turns;
  }

  function hitOf(kept: Kept): Hit | null {
    if (typeof kept !== 'number') return kept;
    const line = ring.lineAt(kept);
    return line === null ? null : quietHitOf(line);
  }

  function quietHitOf(line: LogLine): Hit {
    if (options.quiet === undefined) throw new Error('a line was put by and there is no rule to hit it');
    return options.quiet.hitOf(line);
  }

  function playLine(line: Line, at: number, late: boolean): void {
    const [{ entry }] = line;
    const probes = line.some(({ rule }) => isProbe(rule));
    if (probes && entry.status === 404) noteAbsent(baseline, siteOf(entry), entry.time, counts);
    for (const hit of line) if (hit.rule.alerts) book.take(hit, at, late);
    record(windows.take(line, at, late), at, late);
  }

  /** Closes what is over when the sequence has come to `at`, in order of time. */
  function closeUntil(at: number): void {
    for (;;) {
      const hour = ordinary.foldTime();
      const seal = book.sealTime();
      const window = windows.nextClose();
      const episode = book.closeTime();
      // An hour and a bucket are over at their end; a window and an episode still hold what happens at theirs.
      if (hour <= at && hour <= seal && hour <= window && hour <= episode) fold();
      else if (seal <= at && seal <= window && seal <= episode) book.seal();
      else if (window < at && window <= episode) record(windows.close(), window, false);
      else if (episode < at) book.close();
      else return;
    }
  }

  function fold(): void {
    const hour = ordinary.takeHour();
    if (hour !== undefined) foldHour(baseline, hour, counts);
  }

  function playUntil(watermark: number): void {
    for (let slot = lines.next(watermark); slot !== undefined; slot = lines.next(watermark)) play(slot);
  }

  function settle(watermark: number): Correlated {
    const final = Math.min(watermark, AFTER_ALL);
    playUntil(final);
    closeUntil(final);
    const hits = marked;
    marked = [];
    return { hits, incidents: book.give() };
  }

  function restore({ state, rules, reread }: Resume): void {
    restoreCounts(counts, state.counts);
    const inForce = [...rules, ...options.correlations.map(({ rule }) => rule)];
    const unpack = unpacker(state.tables, { rules: inForce, reread }, counts);
    lines.restore(state.lines, unpack);
    windows.restore(state.windows, unpack);
    book.restore(state.book, unpack);
    marked = state.marked.map(unpack.hit);
  }

  return {
    learn: ordinary.learn,
    take(hits, clock) {
      lines.put(hits, clock);
      playUntil(Number.NEGATIVE_INFINITY);
    },
    canTakeQuiet: quiet !== null,
    takeQuiet(line, clock) {
      const { served, time, source, number, offset, from, to } = line;
      if (served !== null) ordinary.learnServed(served, clock);
      if (options.quiet === undefined) return;
      const isInTime = lines.isInTime(time, clock);
      if (quiet === 'unheard') {
        counts.hits++;
        if (!isInTime) counts.lateHits++;
      } else if (isInTime) {
        lines.putQuiet(ring.add(line), time, to - from);
      } else {
        const text = line.bytes.toString('latin1', from, to);
        lines.put([quietHitOf({ source, number, offset, length: to - from, text })], clock);
      }
      playUntil(Number.NEGATIVE_INFINITY);
    },
    advance: settle,
    end: () => settle(Number.POSITIVE_INFINITY),
    attackers: (limit) => book.listAttackers(limit),
    snapshot() {
      const pack = packer();
      const known = {
        lines: lines.save(pack),
        baseline: saveBaseline(baseline),
        windows: windows.save(pack),
        book: book.save(pack),
        marked: marked.map(pack.hit),
        counts: copyCounts(counts),
      };
      return { version: STATE_VERSION, ...known, tables: pack.tables() };
    },
    counts,
    get openEpisodes() {
      return book.open;
    },
  };
}

/** Lines that were put by lie in the order in which they came. */
function compareHits(a: Hit, b: Hit): number {
  return compareLines([a], [b]);
}

/** Hit by requests for what should not be there. */
function isProbe({ success }: Rule): boolean {
  return success === 'served';
}
