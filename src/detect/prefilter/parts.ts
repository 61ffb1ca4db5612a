import type { AccessLogEntry } from '../../model/entry.ts';
import { type PartName, Zone } from '../match/field.ts';
import type { Subject } from '../view/subject.ts';
import type { Text } from '../view/text.ts';
import type { ScanMode } from './scanner.ts';

/** A text of an entry that recurs from line to line. */
export interface Part {
  readonly name: PartName;
  /** All zones that it may be. */
  readonly zones: number;
  readonly mode: (entry: AccessLogEntry) => ScanMode;
  /** The text as logged; null when the entry has none. */
  readonly raw: (entry: AccessLogEntry) => string | null;
  readonly text: (subject: Subject) => Text | null;
  /** The entry with nothing but this part, so that what is learnt of it holds for every line that has the same. */
  readonly only: (entry: AccessLogEntry) => AccessLogEntry;
}

const TARGET: ScanMode = { zone: Zone.REQUEST, queryZone: Zone.QUERY, hasQuery: true, isSplit: true };
/** A request line that is none. */
const NO_TARGET: ScanMode = { zone: Zone.REQUEST, queryZone: Zone.REQUEST, hasQuery: false, isSplit: false };
const REFERER: ScanMode = { zone: Zone.REFERER, queryZone: Zone.REFERER_QUERY, hasQuery: true, isSplit: true };
const AGENT: ScanMode = { zone: Zone.AGENT, queryZone: Zone.AGENT, hasQuery: false, isSplit: false };
const NO_REQUEST = { request: null, method: null, target: null, stem: null, query: null, protocol: null };

export const PARTS: readonly Part[] = [
  {
    name: 'request',
    zones: Zone.REQUEST | Zone.QUERY,
    mode: (entry) => (entry.target === null ? NO_TARGET : TARGET),
    raw: ({ request, target }) => request ?? target,
    text: (subject) => subject.request ?? subject.target,
    only: (entry) => ({ ...entry, referer: null, userAgent: null }),
  },
  {
    name: 'referer',
    zones: Zone.REFERER | Zone.REFERER_QUERY,
    mode: () => REFERER,
    raw: (entry) => entry.referer,
    text: (subject) => subject.referer,
    only: (entry) => ({ ...entry, ...NO_REQUEST, userAgent: null }),
  },
  {
    name: 'agent',
    zones: Zone.AGENT,
    mode: () => AGENT,
    raw: (entry) => entry.userAgent,
    text: (subject) => subject.userAgent,
    only: (entry) => ({ ...entry, ...NO_REQUEST, referer: null }),
  },
];

/** Host, user and logged headers are scanned alike. */
export const OTHER: ScanMode = { zone: Zone.OTHER, queryZone: Zone.OTHER, hasQuery: false, isSplit: false };
export const LINE: ScanMode = { zone: Zone.LINE, queryZone: Zone.LINE, hasQuery: true, isSplit: false };
