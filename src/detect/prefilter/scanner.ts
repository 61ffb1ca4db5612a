import { EDGE } from '../match/rarity.ts';
import type { NeedleAutomaton } from './automaton.ts';
import { automatonOf } from './known-automata.ts';
import { START, Steps } from './steps.ts';

/** What in a text shows that one of its views differs from it. */
const TRIGGERS = ['%', '+', '?', '&', '\\', '/*', '//', '/./', '  '];
const QUESTION_MARK = 0x3f;
const AND = 0x26;
const QUERY = 1;
const PLUS = 2;
const CHANGES = 4;
/** `&` and `//`: whether they set {@link CHANGES} depends on where they stand. */
const AMPERSAND = 8;
const SLASHES = 16;
/** Bits that each trigger sets. */
const BITS: readonly number[] = [CHANGES, PLUS, QUERY, AMPERSAND, CHANGES, CHANGES, SLASHES, CHANGES, CHANGES];
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
  readonly steps: Steps;
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
  return { automaton, steps: new Steps(automaton), lengths, firstOwn: builtIn.length };
}

/** Odd characters that stand in no needle count as the one that stands for them. */
function joinOddClasses({ classes }: NeedleAutomaton): void {
  const oddClass = classes[0xffff] ?? 0;
  for (let unit = 0; unit < 0x10000; unit += 1) {
    const isOdd = (unit < 0x20 || unit >= 0x7f) && unit !== EDGE_UNIT;
    if (isOdd && classes[unit] === 0) classes[unit] = oddClass;
  }
}

/** Whom a scan tells: the matchers that need a needle, by the needle's position, and the zones that each looks at. */
export interface Listeners {
  readonly uses: readonly (readonly number[])[];
  readonly zonesOf: (slot: number) => number;
  /** Hears of each matcher at least once for a text, however many of its needles are found. */
  readonly found: (slot: number) => void;
}

/**
 * What is to be told of a state, in a row of numbers: its bits, how many matchers follow, and of each matcher its number, its
 * zones and the length of the needle.
 */
const HEAD = 2;
const MATCHER = 3;
/** Numbers that there is room for at first. */
const ARENA = 4096;

const { charCodeAt } = String.prototype;

/**
 * `text.charCodeAt(at)`. V8 represents strings in many ways, and a place that asked more than four of them for a method looks
 * it up anew each time: for each character, at several times the cost of the rest of a scan.
 */
function unitAt(text: string, at: number): number {
  return charCodeAt.call(text, at);
}

/** Phases of a scan: up to the first `?`, after it, and past the end of what is looked at; once more for a view that is split otherwise. */
const PAST_END = 2;
const SPLIT_OTHERWISE = 3;
const PHASES = 6;

/**
 * Looks for the needles of all rules in one pass over a text, and tells in the same pass whether the text's other views must
 * be looked at.
 */
export class NeedleScanner {
  readonly #automaton: NeedleAutomaton;
  readonly #steps: Steps;
  readonly #lengths: Int32Array;
  readonly #longest: number;
  readonly #firstOwn: number;
  readonly #listeners: Listeners;
  #bits = 0;
  #start = 0;
  #inside = 0;
  #zoneAfter = 0;
  #isSplitAsLogged = true;
  #end = 0;
  /**
   * By state, two numbers: the latest phase in which it was told, if it tells the same throughout a phase, and
   * where in {@link #arena} stands what it tells, 0 before it was reached.
   */
  readonly #marks: Int32Array;
  /** In the order in which states were first reached: what ordinary texts reach lies together. */
  #arena = new Int32Array(ARENA);
  #arenaEnd = 1;
  /** Another one for each text, by {@link PHASES}. */
  #epoch = 0;
  #phase = 0;

  constructor({ automaton, steps, lengths, firstOwn }: NeedleTable, listeners: Listeners) {
    this.#automaton = automaton;
    this.#steps = steps;
    this.#lengths = lengths;
    this.#longest = lengths.reduce((most, length) => Math.max(most, length), 0);
    this.#firstOwn = firstOwn;
    this.#marks = new Int32Array(automaton.tells.length * 2);
    this.#listeners = listeners;
  }

  /**
   * Looks for needles.
   *
   * @param isSplitAsLogged - whether its first `?` and each `&` after it stand between its pieces, as in the text as logged
   * @param isView - whether it is another view of the text that was scanned last: what that told is not told again
   * @returns whether other views of the text may differ from it; unknown for a view
   */
  scan(text: string, mode: ScanMode, { before, after }: Around, isSplitAsLogged: boolean, isView: boolean): boolean {
    const { classes, width } = this.#automaton;
    const steps = this.#steps;
    const { table } = steps;
    const marks = this.#marks;
    this.#bits = 0;
    if (!isView) this.#epoch += PHASES;
    const firstPhase = this.#epoch + (isSplitAsLogged ? 0 : SPLIT_OTHERWISE);
    this.#phase = firstPhase;
    this.#start = before;
    this.#isSplitAsLogged = isSplitAsLogged;
    this.#zoneAfter = isSplitAsLogged ? mode.queryZone : mode.zone | mode.queryZone;
    const end = text.length - after;
    this.#end = after === 0 ? Infinity : end;
    const { length } = text;
    // A needle that ends before this place may begin in what stands around, wherever it stood when it was told.
    this.#inside = before > 0 ? before + this.#longest - 1 : 0;
    let step = this.#next(START, classes[mode.lead.charCodeAt(0)] ?? 0);
    for (let i = 0; i < length; i += 1) {
      if (i === end) this.#phase = firstPhase + PAST_END;
      const row = step >> 1;
      const wanted = classes[unitAt(text, i)] as number; // it covers every unit
      step = table[row * width + wanted] as number; // each row covers every class
      if (step === 0) step = steps.find(row, wanted);
      if ((step & 1) === 0) continue;
      const state = steps.stateOf(step >> 1);
      if (marks[state * 2] !== this.#phase || i < this.#inside) this.#report(state, text, i, mode);
    }
    step = this.#next(step >> 1, classes[EDGE_UNIT] ?? 0);
    if ((step & 1) === 1) this.#report(steps.stateOf(step >> 1), text, length, mode);
    const bits = this.#bits;
    if ((bits & CHANGES) !== 0) return true;
    if ((bits & QUERY) === 0 || !mode.hasQuery) return false;
    return (bits & PLUS) !== 0 || LONG_RUN.test(text.slice(text.indexOf('?')));
  }

  #next(row: number, wanted: number): number {
    return this.#steps.table[row * this.#automaton.width + wanted] || this.#steps.find(row, wanted);
  }

  #report(state: number, text: string, at: number, mode: ScanMode): void {
    const mark = state * 2;
    const place = this.#marks[mark + 1] || this.#write(mark);
    const unit = unitAt(text, at);
    const phase = this.#phase;
    const isFirst = unit === QUESTION_MARK && (this.#bits & QUERY) === 0;
    if (isFirst) {
      this.#bits |= QUERY;
      this.#phase += 1;
    }
    const flags = this.#arena[place] ?? 0;
    // The next view has a first `?` of its own.
    let isSettled = !isFirst && (flags & SLASHES) === 0;
    this.#bits |= flags & (QUERY | PLUS | CHANGES);
    if ((flags & AMPERSAND) !== 0 && (mode.glueZone === 0 || (this.#bits & QUERY) === 0)) this.#bits |= CHANGES;
    if ((flags & SLASHES) !== 0 && unitAt(text, at - 2) !== COLON) this.#bits |= CHANGES;
    const zone = (this.#bits & QUERY) === 0 ? mode.zone : this.#zoneAfter;
    const isGlue =
      this.#isSplitAsLogged && mode.glueZone !== 0 && (isFirst || (unit === AND && zone === mode.queryZone));
    const isNearEdge = at >= this.#end || at < this.#inside;
    if (!isGlue && !isNearEdge) this.#tell(place, zone);
    else if (!this.#tellApart(place, at, zone, isGlue ? mode.glueZone : zone, mode.aroundZone)) isSettled = false;
    if (isSettled) this.#marks[mark] = phase;
  }

  #tell(place: number, zone: number): void {
    const arena = this.#arena;
    const { found } = this.#listeners;
    const end = place + HEAD + (arena[place + 1] ?? 0) * MATCHER;
    for (let i = place + HEAD; i < end; i += MATCHER) if (((arena[i + 1] ?? 0) & zone) !== 0) found(arena[i] ?? 0);
  }

  /** Tells of each needle by where it begins. Whether that is the same throughout the phase. */
  #tellApart(place: number, at: number, zone: number, shortZone: number, aroundZone: number): boolean {
    const arena = this.#arena;
    const { found } = this.#listeners;
    const end = place + HEAD + (arena[place + 1] ?? 0) * MATCHER;
    let isSettled = true;
    for (let i = place + HEAD; i < end; i += MATCHER) {
      const length = arena[i + 2] ?? 0;
      const isInner = at < this.#end && at - length >= this.#start - 1;
      if (!isInner) isSettled = false;
      const own = !isInner ? aroundZone : length === 1 ? shortZone : zone;
      if (((arena[i + 1] ?? 0) & own) !== 0) found(arena[i] ?? 0);
    }
    return isSettled;
  }

  /** Writes down what a state tells. Where that stands. */
  #write(mark: number): number {
    const { starts, outputs } = this.#automaton;
    const { uses, zonesOf } = this.#listeners;
    const needles = [...outputs.subarray(starts[mark / 2], starts[mark / 2 + 1])];
    const flags = needles.reduce((all, needle) => all | (needle < this.#firstOwn ? (BITS[needle] ?? CHANGES) : 0), 0);
    const matchers = needles.flatMap((needle) =>
      (uses[needle - this.#firstOwn] ?? []).flatMap((slot) => [slot, zonesOf(slot), this.#lengths[needle] ?? 0]),
    );
    const place = this.#arenaEnd;
    this.#arenaEnd += HEAD + matchers.length;
    if (this.#arenaEnd > this.#arena.length) {
      const larger = new Int32Array(Math.max(this.#arena.length * 2, this.#arenaEnd));
      larger.set(this.#arena);
      this.#arena = larger;
    }
    this.#arena.set([flags, matchers.length / MATCHER, ...matchers], place);
    this.#marks[mark + 1] = place;
    return place;
  }
}
