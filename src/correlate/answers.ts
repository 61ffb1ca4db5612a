import type { AccessLogEntry } from '../model/entry.ts';
import { ownText } from '../model/own-text.ts';
import type { Baseline } from './baseline.ts';
import type { CorrelatorCounts } from './counts.ts';
import { popHeap, pushHeap } from './heap.ts';

export interface AnswersOptions {
  readonly latenessMs: number;
  /** Bound for the paths that wait for their hour to end, and again for those that are remembered. */
  readonly maxBaselinePaths: number;
}

/** What one path answered, as far as it had a body. Plain data, so that it can be stored. */
export interface PathAnswers {
  count: number;
  /** Time of the first. */
  first: number;
  /** Bytes of the smallest and of the largest answer. */
  min: number;
  max: number;
}

/** Path -> its answers. */
export type SiteAnswers = Map<string, PathAnswers>;

/** Ordinary answers of one hour of event time, by site. */
export interface HourAnswers {
  readonly start: number;
  readonly end: number;
  readonly sites: Map<string, SiteAnswers>;
  /** Number of sites and paths. */
  size: number;
}

/**
 * Answers to ordinary requests on their way into the baseline. They wait by the hour of their own time, so that neither
 * the order in which lines are read nor how far one source is read ahead of another makes a difference.
 */
export interface Answers {
  /** @param clock the newest event time that the entry's own source had shown, this line included. */
  learn(entry: AccessLogEntry, clock: number): void;
  /** Learns from a request that was served, as {@link isServed} has it. */
  learnServed(served: Served, clock: number): void;
  /** End of the earliest hour that waits; Infinity when none does. */
  foldTime(): number;
  /** Takes that hour out. */
  takeHour(): HourAnswers | undefined;
}

/** Longer paths are neither learned nor judged. */
const MAX_STEM_LENGTH = 512;
const HOUR_MS = 3_600_000;

/** A request that was served: its answer shows what the path has to give. */
export interface Served {
  readonly host: string | null;
  /** Epoch ms. */
  readonly time: number;
  readonly page: Page;
  readonly bytes: number;
}

/**
 * A path that is asked for. What a correlator finds by its name it keeps here, so that it is found once and not for each
 * answer: to be used with one correlator, and as often as the path is served.
 */
export interface Page {
  readonly stem: string;
  /** For which host the answers were found last, and in which turn of the hours. */
  host: string | null;
  turn: number;
  answers: PathAnswers | null;
  /** By which whoever tells of lines in numbers knows the path; -1 for none. */
  number: number;
}

export function pageOf(stem: string): Page {
  return { stem, host: null, turn: -1, answers: null, number: -1 };
}

interface ServedEntry extends AccessLogEntry {
  readonly stem: string;
  readonly status: number;
  readonly bytes: number;
}

/** 2xx with a body, to a request for one: formats that count headers give bytes to HEAD and OPTIONS as well. */
export function isServed(entry: AccessLogEntry): entry is ServedEntry {
  const { status, bytes, method, stem } = entry;
  return (
    status !== null &&
    status >= 200 &&
    status < 300 &&
    bytes !== null &&
    bytes > 0 &&
    stem !== null &&
    stem.length <= MAX_STEM_LENGTH &&
    (method === 'GET' || method === 'POST')
  );
}

/** Called for nearly every line of a log: an answer of a known path costs no look-up and no memory. */
export function answers(
  { latenessMs, maxBaselinePaths }: AnswersOptions,
  baseline: Baseline,
  counts: CorrelatorCounts,
): Answers {
  const { waiting } = baseline;
  const hours = new Map(waiting.map((hour) => [hour.start, hour]));
  let size = waiting.reduce((sum, hour) => sum + hour.size, 0);
  // Where the last answer went, since the next one mostly goes there too.
  let hour: HourAnswers | null = null;
  /** Goes up by one as often as `hour` becomes another. */
  let turn = 0;
  let host: string | null = null;
  let site: SiteAnswers | null = null;

  function hasRoom(time: number): boolean {
    if (size < maxBaselinePaths) return true;
    counts.costs['answers-not-learned']++;
    baseline.refused = Math.max(baseline.refused, time);
    return false;
  }

  function grow(grown: HourAnswers): void {
    grown.size++;
    size++;
  }

  function findHour(time: number): HourAnswers | null {
    const start = Math.floor(time / HOUR_MS) * HOUR_MS;
    const known = hours.get(start);
    if (known !== undefined || !hasRoom(time)) return known ?? null;
    const opened: HourAnswers = { start, end: start + HOUR_MS, sites: new Map(), size: 0 };
    hours.set(start, opened);
    pushHeap(waiting, opened, compareHours);
    return opened;
  }

  function findSite(present: HourAnswers, name: string, time: number): SiteAnswers | null {
    const known = present.sites.get(name);
    if (known !== undefined || !hasRoom(time)) return known ?? null;
    const opened: SiteAnswers = new Map();
    present.sites.set(ownText(name), opened);
    grow(present);
    return opened;
  }

  function turnTo(time: number): void {
    if (hour !== null && time >= hour.start && time < hour.end) return;
    hour = findHour(time);
    site = null;
    turn++;
  }

  function findAnswers({ host: asked, page, time, bytes }: Served): PathAnswers | null {
    if (hour === null) return null;
    if (site === null || host !== asked) {
      site = findSite(hour, siteOf({ host: asked }), time);
      host = asked;
    }
    if (site === null) return null;
    const known = site.get(page.stem);
    if (known !== undefined || !hasRoom(time)) return known ?? null;
    const opened: PathAnswers = { count: 0, first: time, min: bytes, max: bytes };
    site.set(ownText(page.stem), opened);
    grow(hour);
    return opened;
  }

  function learnServed(served: Served, clock: number): void {
    const { time, page, bytes } = served;
    if (time < clock - latenessMs) {
      counts.lateAnswers++;
      return;
    }
    turnTo(time);
    if (page.turn !== turn || page.host !== served.host || page.answers === null) {
      page.answers = findAnswers(served);
      page.host = served.host;
      page.turn = turn;
    }
    const { answers } = page;
    if (answers === null) return;
    answers.count++;
    if (time < answers.first) answers.first = time;
    if (bytes < answers.min) answers.min = bytes;
    else if (bytes > answers.max) answers.max = bytes;
  }

  return {
    learn(entry, clock) {
      if (!isServed(entry)) return;
      const { host, time, stem, bytes } = entry;
      learnServed({ host, time, page: pageOf(stem), bytes }, clock);
    },
    learnServed,
    foldTime: () => waiting[0]?.end ?? Number.POSITIVE_INFINITY,
    takeHour() {
      const first = popHeap(waiting, compareHours);
      if (first === undefined) return undefined;
      hours.delete(first.start);
      size -= first.size;
      hour = null;
      turn++;
      return first;
    },
  };
}

/** A log that does not tell the host is of one site. */
export function siteOf({ host }: Pick<AccessLogEntry, 'host'>): string {
  return host ?? '';
}

function compareHours(a: HourAnswers, b: HourAnswers): number {
  return a.start - b.start;
}
