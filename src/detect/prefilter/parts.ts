import type { AccessLogEntry } from '../../model/entry.ts';
import { type PartName, Zone } from '../match/field.ts';
import { EDGE } from '../match/rarity.ts';
import type { Subject } from '../view/subject.ts';
import type { Text } from '../view/text.ts';
import type { Around, ScanMode } from './scanner.ts';

/** A text of an entry that recurs from line to line. */
export interface Part {
  readonly name: PartName;
  /** All zones that it may be. */
  readonly zones: number;
  readonly mode: (entry: AccessLogEntry) => ScanMode;
  readonly around: (entry: AccessLogEntry) => Around;
  /** The text as logged; null when the entry has none. */
  readonly raw: (entry: AccessLogEntry) => string | null;
  readonly text: (subject: Subject) => Text | null;
  /** What fields show of it piece by piece; null where that is the text as a whole. */
  readonly apart: ((subject: Subject) => readonly Text[]) | null;
  /** The entry with nothing but this part, so that what is learnt of it holds for every line that has the same. */
  readonly only: (entry: AccessLogEntry) => AccessLogEntry;
}

const TARGET: ScanMode = {
  lead: EDGE,
  zone: Zone.STEM,
  queryZone: Zone.QUERY,
  aroundZone: Zone.REQUEST,
  hasQuery: true,
  glueZone: Zone.GLUE,
};
const PLAIN = { lead: EDGE, hasQuery: false, glueZone: 0 };
/** All zones. */
const ANY = -1;
/** A request line that is none. */
const NO_TARGET: ScanMode = { zone: Zone.REQUEST, queryZone: Zone.REQUEST, aroundZone: Zone.REQUEST, ...PLAIN };
const REFERER: ScanMode = {
  lead: EDGE,
  zone: Zone.REFERER,
  queryZone: Zone.REFERER_QUERY,
  aroundZone: Zone.REFERER,
  hasQuery: true,
  glueZone: Zone.REFERER,
};
const AGENT: ScanMode = { zone: Zone.AGENT, queryZone: Zone.AGENT, aroundZone: Zone.AGENT, ...PLAIN };
export const WHOLE: Around = { before: 0, after: 0 };
const NO_REQUEST = { request: null, method: null, target: null, stem: null, query: null, protocol: null };

export const PARTS: readonly Part[] = [
  {
    name: 'request',
    zones: Zone.REQUEST | Zone.STEM | Zone.QUERY | Zone.GLUE,
    mode: (entry) => (entry.target === null ? NO_TARGET : TARGET),
    around: aroundTarget,
    raw: ({ request, target }) => request ?? target,
    text: (subject) => subject.request ?? subject.target,
    apart: ({ stem, parameters: { names, values } }) =>
      stem === null ? [...names, ...values] : [stem, ...names, ...values],
    only: (entry) => ({ ...entry, referer: null, userAgent: null }),
  },
  {
    name: 'referer',
    zones: Zone.REFERER | Zone.REFERER_QUERY,
    mode: () => REFERER,
    around: () => WHOLE,
    raw: (entry) => entry.referer,
    text: (subject) => subject.referer,
    apart: ({ refererParameters: { values, bare } }) => [...values, ...bare],
    only: (entry) => ({ ...entry, ...NO_REQUEST, userAgent: null }),
  },
  {
    name: 'agent',
    zones: Zone.AGENT,
    mode: () => AGENT,
    around: () => WHOLE,
    raw: (entry) => entry.userAgent,
    text: (subject) => subject.userAgent,
    apart: null,
    only: (entry) => ({ ...entry, ...NO_REQUEST, referer: null }),
  },
];

/** Host, user and logged headers are scanned alike. */
export const OTHER: ScanMode = { zone: Zone.OTHER, queryZone: Zone.OTHER, aroundZone: Zone.OTHER, ...PLAIN };
export const LINE: ScanMode = {
  lead: EDGE,
  zone: Zone.LINE,
  queryZone: Zone.LINE,
  aroundZone: Zone.LINE,
  hasQuery: true,
  glueZone: 0,
};

/** A name or a value of a query, wherever it stands. */
export const PARAMETER: ScanMode = { ...PLAIN, lead: '=', zone: ANY, queryZone: ANY, aroundZone: ANY };

/** Method and protocol with the spaces beside them, which are the same in every view; nothing where the shape is another. */
function aroundTarget({ request, method, target, protocol }: AccessLogEntry): Around {
  if (request === null || method === null || target === null) return WHOLE;
  const after = protocol === null ? '' : ` ${protocol}`;
  if (!request.endsWith(target + after)) return WHOLE;
  return { before: method.length + 1, after: after.length };
}
