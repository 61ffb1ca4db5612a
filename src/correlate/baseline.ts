import { ownText } from '../model/own-text.ts';
import type { HourAnswers } from './answers.ts';
import { compareText } from './compare-text.ts';
import type { CorrelatorCounts } from './counts.ts';
import type { Heap } from './heap.ts';

/** What one path ordinarily answers. */
export interface PathBaseline {
  count: number;
  min: number;
  max: number;
  /** End of the hour in which it was last seen. */
  seen: number;
}

/** A size that things got which should not be there: on a site that answers everything with one page, all the same. */
interface ServedSize {
  /** The path that got it; null when there were several. */
  stem: string | null;
  seen: number;
}

interface Site {
  /** Number of 404 answers to requests for what should not be there. */
  absent: number;
  seen: number;
  readonly paths: Map<string, PathBaseline>;
  /** By {@link sizeClassOf}. */
  readonly served: Map<number, ServedSize>;
  /** The smallest and largest answers of all paths; null until somebody asks. */
  sizes: Set<number> | null;
}

/**
 * How the sites ordinarily answer, as of the present place in the sequence. Plain data, so that it can be stored.
 */
export interface Baseline {
  readonly sites: Map<string, Site>;
  /** Hours that are not over, as far as they have been read: the earliest first. */
  readonly waiting: Heap<HourAnswers>;
  /** Sites, paths and served sizes together. */
  size: number;
  readonly maxSize: number;
  /** Time of the newest answer for which there was no room. */
  refused: number;
  pruned: number;
}

const DAY_MS = 86_400_000;
/** What is not seen for so long is forgotten, within a day. */
const MEMORY_MS = 7 * DAY_MS;
/** Sizes of one class differ by less than 3%: about as much as a page differs that repeats the path asked for. */
const SIZE_CLASS = Math.log(1.03);

export type BaselineState = Omit<Baseline, 'maxSize'>;

export function emptyBaseline(maxSize: number): Baseline {
  return {
    sites: new Map(),
    waiting: [],
    size: 0,
    maxSize,
    refused: Number.NEGATIVE_INFINITY,
    pruned: Number.NEGATIVE_INFINITY,
  };
}

/** A copy that nothing changes, without what is worked out when somebody asks. */
export function saveBaseline({ sites, waiting, size, refused, pruned }: Baseline): BaselineState {
  const copySite = (site: Site): Site => ({
    ...site,
    paths: copyMap(site.paths),
    served: copyMap(site.served),
    sizes: null,
  });
  return {
    sites: mapValues(sites, copySite),
    waiting: waiting.map((hour) => ({ ...hour, sites: mapValues(hour.sites, copyMap) })),
    size,
    refused,
    pruned,
  };
}

export function restoreBaseline(state: BaselineState, maxSize: number): Baseline {
  return { ...saveBaseline({ ...state, maxSize }), maxSize };
}

/** Takes in an hour that is over. Where not all of it may fit, the order of names decides what does. */
export function foldHour(baseline: Baseline, hour: HourAnswers, counts: CorrelatorCounts): void {
  prune(baseline, hour.end);
  const fits = baseline.size + hour.size <= baseline.maxSize;
  for (const [name, paths] of fits ? hour.sites : inOrder(hour.sites)) {
    const site = findSite(baseline, name, hour.end, counts);
    if (site === null) continue;
    site.sizes = null;
    for (const [stem, learned] of fits ? paths : inOrder(paths)) {
      const known = site.paths.get(stem);
      if (known !== undefined) {
        known.count += learned.count;
        known.min = Math.min(known.min, learned.min);
        known.max = Math.max(known.max, learned.max);
        known.seen = hour.end;
      } else if (admits(baseline, hour.end, counts)) {
        const { count, min, max } = learned;
        site.paths.set(stem, { count, min, max, seen: hour.end });
      }
    }
  }
}

/** Counts a 404 answer to a request for what should not be there. */
export function noteAbsent(baseline: Baseline, name: string, time: number, counts: CorrelatorCounts): void {
  const site = findSite(baseline, name, time, counts);
  if (site !== null) site.absent++;
}

/** Notes the size that something got which should not be there. */
export function noteServed(
  baseline: Baseline,
  name: string,
  answer: { readonly stem: string; readonly bytes: number; readonly time: number },
  counts: CorrelatorCounts,
): void {
  const site = findSite(baseline, name, answer.time, counts);
  if (site === null) return;
  const sizeClass = sizeClassOf(answer.bytes);
  const known = site.served.get(sizeClass);
  if (known !== undefined) {
    if (known.stem !== answer.stem) known.stem = null;
    known.seen = answer.time;
  } else if (admits(baseline, answer.time, counts)) {
    site.served.set(sizeClass, { stem: ownText(answer.stem), seen: answer.time });
  }
}

export function findPath(baseline: Baseline, name: string, stem: string): PathBaseline | undefined {
  return baseline.sites.get(name)?.paths.get(stem);
}

/** Number of 404 answers of a site to requests for what should not be there. */
export function countAbsent(baseline: Baseline, name: string): number {
  return baseline.sites.get(name)?.absent ?? 0;
}

/**
 * True when somebody asked for the path in the ordinary way before `time`, or in an hour that is over. Of an hour that is
 * not, only what lies before a time to which the sequence has come is sure to have been read.
 */
export function isVisited(baseline: Baseline, name: string, stem: string, time: number): boolean {
  if (findPath(baseline, name, stem) !== undefined) return true;
  return baseline.waiting.some(({ sites }) => (sites.get(name)?.get(stem)?.first ?? time) < time);
}

/** True when all that was seen lately could be remembered, so that an unknown path is one without ordinary traffic. */
export function isComplete({ refused }: Baseline, time: number): boolean {
  return time > refused + MEMORY_MS;
}

/** True when this size is no sign of anything: an ordinary answer has it, or other things that should not be there. */
export function isCommonSize(baseline: Baseline, name: string, stem: string, bytes: number): boolean {
  const site = baseline.sites.get(name);
  if (site === undefined) return false;
  site.sizes ??= new Set([...site.paths.values()].flatMap(({ min, max }) => [min, max]));
  if (site.sizes.has(bytes)) return true;
  const sizeClass = sizeClassOf(bytes);
  return [sizeClass - 1, sizeClass, sizeClass + 1].some((near) => {
    const known = site.served.get(near);
    return known !== undefined && known.stem !== stem;
  });
}

function sizeClassOf(bytes: number): number {
  return Math.floor(Math.log(bytes) / SIZE_CLASS);
}

function findSite(baseline: Baseline, name: string, time: number, counts: CorrelatorCounts): Site | null {
  let site = baseline.sites.get(name);
  if (site === undefined) {
    if (!admits(baseline, time, counts)) return null;
    site = { absent: 0, seen: time, paths: new Map(), served: new Map(), sizes: null };
    baseline.sites.set(ownText(name), site);
  }
  site.seen = Math.max(site.seen, time);
  return site;
}

function admits(baseline: Baseline, time: number, counts: CorrelatorCounts): boolean {
  if (baseline.size < baseline.maxSize) {
    baseline.size++;
    return true;
  }
  counts.costs['answers-not-learned']++;
  baseline.refused = Math.max(baseline.refused, time);
  return false;
}

/** Once a day of event time. */
function prune(baseline: Baseline, now: number): void {
  if (now < baseline.pruned + DAY_MS) return;
  baseline.pruned = now;
  const floor = now - MEMORY_MS;
  let size = 0;
  for (const [name, site] of baseline.sites) {
    dropUnseen(site.paths, floor);
    dropUnseen(site.served, floor);
    site.sizes = null;
    if (site.seen < floor) baseline.sites.delete(name);
    else size += 1 + site.paths.size + site.served.size;
  }
  baseline.size = size;
}

function dropUnseen<Key>(items: Map<Key, { readonly seen: number }>, floor: number): void {
  for (const [key, { seen }] of items) if (seen < floor) items.delete(key);
}

function inOrder<Value>(named: ReadonlyMap<string, Value>): [string, Value][] {
  return [...named].sort(([a], [b]) => compareText(a, b));
}

function copyMap<Key, Value extends object>(map: ReadonlyMap<Key, Value>): Map<Key, Value> {
  return mapValues(map, (value) => ({ ...value }));
}

function mapValues<Key, Value>(map: ReadonlyMap<Key, Value>, change: (value: Value) => Value): Map<Key, Value> {
  return new Map(Array.from(map, ([key, value]) => [key, change(value)]));
}
