/** Code unit ranges, inclusive, sorted and apart: from, to, from, to, ... */
export type Ranges = readonly number[];

/** `next` and `previous` hold where the neighbour is in `ranges`, or is the text's edge and `allowsEdge` says so. */
export interface Assertion {
  readonly kind: 'start' | 'end' | 'line-start' | 'line-end' | 'word' | 'not-word' | 'next' | 'previous';
  readonly ranges: Ranges;
  readonly allowsEdge: boolean;
}

/** A regular expression without look-around or back-references: what can be matched in one pass. */
export type RegexNode =
  | { readonly type: 'set'; readonly ranges: Ranges }
  | { readonly type: 'sequence'; readonly nodes: readonly RegexNode[] }
  | { readonly type: 'choice'; readonly nodes: readonly RegexNode[] }
  | {
      readonly type: 'repeat';
      readonly node: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
    }
  | { readonly type: 'group'; readonly node: RegexNode; readonly index: number }
  | ({ readonly type: 'assertion' } & Assertion);

export interface Regex {
  readonly node: RegexNode;
  /** Names of capture groups by index; index 0 is the whole match. */
  readonly groups: readonly (string | null)[];
}

export const MAX_UNIT = 0xffff;

/** Sorts and joins ranges. */
export function normalise(ranges: readonly number[]): number[] {
  const pairs: [number, number][] = [];
  for (let i = 0; i + 1 < ranges.length; i += 2) pairs.push([ranges[i] ?? 0, ranges[i + 1] ?? 0]);
  pairs.sort((a, b) => a[0] - b[0]);
  const joined: number[] = [];
  for (const [from, to] of pairs) {
    const end = joined.at(-1);
    if (end !== undefined && from <= end + 1) joined[joined.length - 1] = Math.max(end, to);
    else joined.push(from, to);
  }
  return joined;
}

export function negate(ranges: readonly number[]): number[] {
  const inverse: number[] = [];
  let next = 0;
  const sorted = normalise(ranges);
  for (let i = 0; i < sorted.length; i += 2) {
    const from = sorted[i] ?? 0;
    if (from > next) inverse.push(next, from - 1);
    next = (sorted[i + 1] ?? 0) + 1;
  }
  if (next <= MAX_UNIT) inverse.push(next, MAX_UNIT);
  return inverse;
}

export function includes(ranges: Ranges, unit: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) {
    if (unit < (ranges[i] ?? 0)) return false;
    if (unit <= (ranges[i + 1] ?? 0)) return true;
  }
  return false;
}

/** Adds the other case of every letter. Beyond Latin-1 only short ranges are looked into. */
export function withBothCases(ranges: Ranges): number[] {
  const all = [...ranges];
  for (let i = 0; i < ranges.length; i += 2) {
    const from = ranges[i] ?? 0;
    const to = Math.min(ranges[i + 1] ?? 0, Math.max(0xff, from + 0x7f));
    for (let unit = from; unit <= to; unit += 1) {
      const letter = String.fromCharCode(unit);
      for (const other of [letter.toLowerCase(), letter.toUpperCase()]) {
        if (other.length === 1 && other !== letter) all.push(other.charCodeAt(0), other.charCodeAt(0));
      }
    }
  }
  return normalise(all);
}
