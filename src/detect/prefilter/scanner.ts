import { EDGE } from '../match/rarity.ts';
import type { NeedleAutomaton } from './automaton.ts';
import { automatonOf } from './known-automata.ts';

/** What in a text shows that one of its views differs from it. */
const TRIGGERS = ['%', '+', '?', '&', '\\', '/*', '//', '/./', '  '];
const QUESTION_MARK = 0x3f;
const AND = 0x26;
const QUERY = 1;
const PLUS = 2;
const CHANGES = 4;
/** Bits that each trigger sets; `&` and `//` depend on where they stand. */
const BITS: readonly number[] = [CHANGES, PLUS, QUERY, CHANGES, CHANGES, CHANGES, CHANGES, CHANGES, CHANGES];
const AMPERSAND = TRIGGERS.indexOf('&');
const SLASHES = TRIGGERS.indexOf('//');
const COLON = 0x3a;
const EDGE_UNIT = EDGE.charCodeAt(0);
/** Control and other characters that views remove or replace: each is a needle of its own. */
const ODD = /[\0-\x1f\x7f-\uffff]/g;
const LONG_RUN = /[A-Za-z0-9+/_-]{16}/;

/** How a text is scanned. */
export interface ScanMode {
  /** What stands before it where a needle asks for that. */
  readonly lead: string;
  /** Bit of the zone that the text is up to its first `?`, and after it; a decoded view may hold a `?` before that one. */
  readonly zone: number;
  readonly queryZone: number;
  /** Bit of the zone of what stands around it. */
  readonly aroundZone: number;
  /** Whether the part after the first `?` is a query: `+` and base64 count there. */
  readonly hasQuery: boolean;
  /** Bit of the zone of the first `?` and of `&` after it, which separate its pieces; 0 where they separate nothing. */
  readonly glueZone: number;
}

/** Code units at either end of a text that stand around what is looked at. */
export interface Around {
  readonly before: number;
  readonly after: number;
}

/** What needles are looked for with. */
export interface NeedleTable {
  readonly automaton: NeedleAutomaton;
  readonly lengths: Int32Array;
  /** Needles before this one are triggers and odd characters. */
  readonly firstOwn: number;
}

/** @param needles - lower case */
export function needleTable(needles: readonly string[]): NeedleTable {
  // Odd characters share one class unless a needle holds them, so one stands for all the others.
  const named = new Set(needles.flatMap((needle) => needle.match(ODD) ?? []));
  named.delete(EDGE);
  named.delete('\uffff');
  const builtIn = [...TRIGGERS, '\uffff', ...named];
  const automaton = automatonOf([...builtIn, ...needles], joinOddClasses);
  const lengths = Int32Array.from([...builtIn, ...needles], ({ length }) => length);
  return { automaton, lengths, firstOwn: builtIn.length };
}

/** Odd characters that stand in no needle count as the one that stands for them. */
function joinOddClasses({ classes }: NeedleAutomaton): void {
  const oddClass = classes[0xffff] ?? 0;
  for (let unit = 0; unit < 0x10000; unit += 1) {
    const isOdd = (unit < 0x20 || unit >= 0x7f) && unit !== EDGE_UNIT;
    if (isOdd && classes[unit] === 0) classes[unit] = oddClass;
  }
}

/**
 * Looks for the needles of all rules in one pass over a text, and tells in the same pass whether the text's other views must
 * be looked at.
 */
export class NeedleScanner {
  readonly #automaton: NeedleAutomaton;
  readonly #lengths: Int32Array;
  readonly #firstOwn: number;
  readonly #found: (needle: number, zone: number) => void;
  #bits = 0;
  #start = 0;
  #zoneAfter = 0;
  #isSplitAsLogged = true;
  #end = 0;
  /** By state with needles: the latest phase in which it was told, if it tells the same throughout a phase. */
  readonly #told: Int32Array;
  /** Counts up as a scan begins, at the first `?` and at the end of what is looked at. */
  #phase = 0;

  /** @param found - told the position of each needle that is found, and the bit of its zone, at least once for each zone */
  constructor({ automaton, lengths, firstOwn }: NeedleTable, found: (needle: number, zone: number) => void) {
    this.#automaton = automaton;
    this.#lengths = lengths;
    this.#firstOwn = firstOwn;
    this.#told = new Int32Array(automaton.starts.length);
    this.#found = found;
  }

  /**
   * Looks for needles.
   *
   * @param isSplitAsLogged - whether its first `?` and each `&` after it stand between its pieces, as in the text as logged
   * @returns whether other views of the text may differ from it
   */
  scan(text: string, mode: ScanMode, { before, after }: Around, isSplitAsLogged: boolean): boolean {
    const { classes, table, shift, firstOutput } = this.#automaton;
    const told = this.#told;
    this.#bits = 0;
    this.#phase += 1;
    this.#start = before;
    this.#isSplitAsLogged = isSplitAsLogged;
    this.#zoneAfter = isSplitAsLogged ? mode.queryZone : mode.zone | mode.queryZone;
    const end = text.length - after;
    this.#end = after === 0 ? Infinity : end;
    const edge = classes[EDGE_UNIT] ?? 0;
    let state = table[classes[mode.lead.charCodeAt(0)] ?? 0] ?? 0;
    for (let i = 0; i < text.length; i += 1) {
      if (i === end) this.#phase += 1;
      state = table[(state << shift) + (classes[text.charCodeAt(i)] as number)] as number; // both cover every index
      if (state >= firstOutput && told[state - firstOutput] !== this.#phase) this.#report(state, text, i, mode);
    }
    state = table[(state << shift) + edge] ?? 0;
    if (state >= firstOutput) this.#report(state, text, text.length, mode);
    const bits = this.#bits;
    if ((bits & CHANGES) !== 0) return true;
    if ((bits & QUERY) === 0 || !mode.hasQuery) return false;
    return (bits & PLUS) !== 0 || LONG_RUN.test(text.slice(text.indexOf('?')));
  }

  #report(state: number, text: string, at: number, mode: ScanMode): void {
    const { firstOutput, starts, outputs } = this.#automaton;
    const end = starts[state - firstOutput + 1] ?? 0;
    const unit = text.charCodeAt(at);
    const phase = this.#phase;
    let isSettled = true;
    const isFirst = unit === QUESTION_MARK && (this.#bits & QUERY) === 0;
    if (isFirst) {
      this.#bits |= QUERY;
      this.#phase += 1;
    }
    const inner = (this.#bits & QUERY) === 0 ? mode.zone : this.#zoneAfter;
    const isGlue =
      this.#isSplitAsLogged && mode.glueZone !== 0 && (isFirst || (unit === AND && inner === mode.queryZone));
    for (let i = starts[state - firstOutput] ?? 0; i < end; i += 1) {
      const needle = outputs[i] ?? 0;
      if (needle < this.#firstOwn) {
        this.#bits |= this.#bitsOf(needle, text, at, mode);
        if (needle === SLASHES) isSettled = false;
        continue;
      }
      const length = this.#lengths[needle] ?? 0;
      const isInner = at < this.#end && at - length >= this.#start - 1;
      if (!isInner) isSettled = false;
      const zone = isGlue && length === 1 ? mode.glueZone : inner;
      this.#found(needle - this.#firstOwn, isInner ? zone : mode.aroundZone);
    }
    if (isSettled) this.#told[state - firstOutput] = phase;
  }

  #bitsOf(trigger: number, text: string, at: number, mode: ScanMode): number {
    if (trigger === AMPERSAND && mode.glueZone !== 0 && (this.#bits & QUERY) !== 0) return 0;
    if (trigger === SLASHES && text.charCodeAt(at - 2) === COLON) return 0;
    return BITS[trigger] ?? CHANGES;
  }
}
