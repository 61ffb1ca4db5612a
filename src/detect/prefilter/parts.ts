import type { AccessLogEntry } from '../../model/entry.ts';
import { Zone } from '../match/field.ts';
import type { Subject } from '../view/subject.ts';
import type { Text } from '../view/text.ts';
import type { ScanMode } from './scanner.ts';

/** A text of an entry that is scanned as a whole. */
export interface Part {
  readonly mode: ScanMode;
  /** The text as logged; null when the entry has none. */
  readonly raw: (entry: AccessLogEntry) => string | null;
  readonly text: (subject: Subject) => Text | null;
  /** The entry with nothing but this part, so that what is learnt of it holds for every line that has the same. */
  readonly only: (entry: AccessLogEntry) => AccessLogEntry;
}

const REQUEST = { zone: Zone.REQUEST, queryZone: Zone.QUERY };

/** The parts that recur from line to line. */
export const RECURRING_PARTS: readonly Part[] = [
  {
    mode: { ...REQUEST, hasQuery: true, isSplit: true },
    raw: ({ request, target }) => (target === null ? null : (request ?? target)),
    text: (subject) => subject.request ?? subject.target,
    only: (entry) => ({ ...entry, referer: null, userAgent: null }),
  },
  {
    mode: { ...REQUEST, hasQuery: false, isSplit: false },
    raw: ({ request, target }) => (target === null ? request : null),
    text: (subject) => subject.request,
    only: (entry) => ({ ...entry, referer: null, userAgent: null }),
  },
  {
    mode: { zone: Zone.REFERER, queryZone: Zone.REFERER_QUERY, hasQuery: true, isSplit: true },
    raw: (entry) => entry.referer,
    text: (subject) => subject.referer,
    only: (entry) => ({ ...entry, ...NO_REQUEST, userAgent: null }),
  },
  {
    mode: { zone: Zone.AGENT, queryZone: Zone.AGENT, hasQuery: false, isSplit: false },
    raw: (entry) => entry.userAgent,
    text: (subject) => subject.userAgent,
    only: (entry) => ({ ...entry, ...NO_REQUEST, referer: null }),
  },
];

const NO_REQUEST = { request: null, target: null, stem: null, query: null };

/** Host, user and logged headers are scanned alike. */
export const OTHER: ScanMode = { zone: Zone.OTHER, queryZone: Zone.OTHER, hasQuery: false, isSplit: false };
export const LINE: ScanMode = { zone: Zone.LINE, queryZone: Zone.LINE, hasQuery: true, isSplit: false };
