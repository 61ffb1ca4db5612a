import type { AccessLogEntry } from '../model/entry.ts';
import { itemsOf, type Ring } from './ring.ts';

/** One rule of an ordered list, and the best chain that leads to it. */
interface Link {
  readonly rule: string;
  /** The latest time at which a chain of all rules up to this one began; -Infinity when there is none. */
  start: number;
  /** The same without the line of `entry`: one line is not two steps. */
  before: number;
  /** Time and line of the rule's newest event. */
  time: number;
  entry: AccessLogEntry | null;
}

/** How far events have come in the order of a `temporal_ordered` correlation, in constant memory. */
export interface Chain {
  links: Link[];
}

interface ChainEvent {
  readonly time: number;
  readonly entry: AccessLogEntry;
}

const NEVER = Number.NEGATIVE_INFINITY;

export function emptyChain(rules: readonly string[]): Chain {
  return { links: rules.map((rule) => ({ rule, start: NEVER, before: NEVER, time: NEVER, entry: null })) };
}

/**
 * Takes an event into the chains. Logs often tell seconds only, so that the order of events of the same time is not
 * known: either order will do.
 */
export function advanceChain({ links }: Chain, rule: string, event: ChainEvent): void {
  for (let index = links.length - 1; index >= 0; index--) {
    const link = links[index];
    if (link?.rule !== rule) continue;
    if (link.entry !== event.entry) {
      link.before = link.start;
      link.entry = event.entry;
    }
    link.time = event.time;
    link.start = Math.max(link.start, startBefore(links, index, event));
  }
  for (const [index, link] of links.entries()) {
    if (index === 0 || link.time !== event.time || link.entry === null) continue;
    link.start = Math.max(link.start, startBefore(links, index, { time: link.time, entry: link.entry }));
  }
}

/** Number of rules, from the first on, that came in order since `floor`. */
export function chainLength({ links }: Chain, floor: number): number {
  return links.findLastIndex(({ start }) => start >= floor && start !== NEVER) + 1;
}

/** Does everything again in order of time, after an event came late. */
export function rebuildChain(chain: Chain, rules: readonly string[], rings: readonly Ring<ChainEvent>[]): void {
  chain.links = emptyChain(chain.links.map(({ rule }) => rule)).links;
  const events = rings.flatMap((ring, index) => itemsOf(ring).map((event) => ({ event, rule: rules[index] ?? '' })));
  for (const { event, rule } of events.sort((a, b) => a.event.time - b.event.time)) advanceChain(chain, rule, event);
}

function startBefore(links: readonly Link[], index: number, event: ChainEvent): number {
  const previous = links[index - 1];
  if (previous === undefined) return event.time;
  return previous.entry === event.entry ? previous.before : previous.start;
}
