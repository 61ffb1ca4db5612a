import type { Subject } from '../view/subject.ts';
import { VIEW_NAMES, type View } from '../view/view.ts';
import type { Finding } from './evaluate.ts';
import type { Span } from './matcher.ts';
import { type OriginSource, originOf, type Part, stageOf } from './origin.ts';

/** What of an entry's value made an item true: code units `start` to `end`. */
export interface MatchPlace {
  readonly source: OriginSource;
  /** The value with the log's escapes undone, as it stands somewhere in the line. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
  /** False when what matched lies somewhere within: a part of base64, or of one escape. */
  readonly isExact: boolean;
}

/** A span of the raw text that holds what was asked for. */
interface RawSpan extends Span {
  readonly isExact: boolean;
}

/** Where in the entry a finding's text was written; null where it is no text, or none that can be found again. */
export function placeOf({ item, view, span }: Finding, subject: Subject): MatchPlace | null {
  const text = subject
    .valuesOf(item.field)
    .flat()
    .find((one) => view !== null && one.views().includes(view));
  const origin = text === undefined || view === null ? null : originOf(text, subject);
  if (origin === null || view === null || span.start === span.end) return null;
  const { source, value, offset, parts } = origin;
  const { start, end, isExact } = rawSpan(origin.text.raw, parts, view, span) ?? {
    ...{ start: 0, end: origin.text.raw.length, isExact: false },
  };
  return { source, value, start: offset + start, end: offset + end, isExact };
}

/** @returns null when the view cannot be put together again from the parts: of a long text only the beginning is decoded */
function rawSpan(raw: string, parts: readonly Part[], { name, text, lower }: View, span: Span): RawSpan | null {
  const stage = VIEW_NAMES.indexOf(name);
  // Spans are measured in lower case; a few letters are longer there.
  if (text.length !== lower.length) return null;
  if (stage === 0) return { ...span, isExact: true };
  let [rawAt, viewAt] = [0, 0];
  let [start, end, isExact] = [-1, -1, true];
  let joined = '';
  const take = (length: number, viewLength: number, narrow: (from: number, to: number) => RawSpan): void => {
    const [from, to] = [span.start - viewAt, span.end - viewAt];
    const [isFirst, isLast] = [from >= 0 && from < viewLength, to > 0 && to <= viewLength];
    if (isFirst || isLast) {
      const found = narrow(Math.max(0, from), Math.min(viewLength, to));
      if (isFirst) start = rawAt + found.start;
      if (isLast) end = rawAt + found.end;
      isExact &&= found.isExact;
    }
    rawAt += length;
    viewAt += viewLength;
  };
  const takeGlue = (glue: string): void => {
    joined += glue;
    take(glue.length, glue.length, (from, to) => ({ start: from, end: to, isExact: true }));
  };
  for (const part of parts) {
    takeGlue(raw.slice(rawAt, part.start));
    const decoded = stageOf(part, stage);
    joined += decoded;
    take(part.raw.length, decoded.length, (from, to) => narrowPart(part, stage, decoded, from, to));
  }
  takeGlue(raw.slice(rawAt));
  return joined === text && start >= 0 && end > start ? { start, end, isExact } : null;
}

/**
 * The least of a part's raw text whose own view holds what stands from `from` to `to` in the part's view. Tried by decoding
 * shorter and shorter pieces, so that it is right whatever the view does.
 */
function narrowPart({ raw, kind }: Part, stage: number, decoded: string, from: number, to: number): RawSpan {
  const decode = (start: number, end: number): string => stageOf({ raw: raw.slice(start, end), kind }, stage);
  const until = decoded.slice(0, to);
  const end = leastOf(raw.length, (length) => decode(0, length).startsWith(until));
  const wanted = decode(0, end).slice(from);
  const start = end - leastOf(end, (length) => decode(end - length, end).endsWith(wanted));
  return { start, end, isExact: decode(start, end) === decoded.slice(from, to) };
}

/** The least number that passes a test which all larger ones up to `most` pass; another that passes when some do not. */
function leastOf(most: number, test: (value: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}
