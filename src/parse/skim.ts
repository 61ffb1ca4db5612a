import { readStamp, STAMP_LENGTH } from './apache-time.ts';
import type { Slot } from './directives.ts';
import type { Layout, Piece } from './layout.ts';
import { bytesOf } from './line-bytes.ts';

/** The texts of a line that its parts are known by, in the order of {@link Skimmer.places}. */
export const SKIMMED = ['client', 'user', 'host', 'request', 'referer', 'userAgent'] as const;
type Skimmed = (typeof SKIMMED)[number];

/**
 * Finds the values of ordinary lines in their bytes, several times faster than they are parsed. Whatever is not quite
 * ordinary (an escape, a byte beyond ASCII, a user with a blank) is left to the parser; what is found is what it finds.
 */
export interface Skimmer {
  /** @returns the place of the newline that ends the line; -1 for a line that is to be parsed, or that goes on after `end` */
  skim(bytes: Uint8Array, from: number, end: number): number;
  /** The bytes of values by four, the first in the lowest eight bits; in the last word zeros follow, which no value holds. */
  readonly words: Int32Array;
  /** Value `i` of {@link SKIMMED} is the words from `places[2 * i]` on and before `places[2 * i + 1]`; both -1 for none. */
  readonly places: Int32Array;
  /** Value `i` is the bytes from `spans[2 * i]` on and before `spans[2 * i + 1]`, where it has places. */
  readonly spans: Int32Array;
  /** Value `i` by a hash of its words. */
  readonly hashes: Int32Array;
  /** Epoch ms. */
  readonly time: number;
  /** -1 for none. */
  readonly status: number;
  /** Bytes of the response; -1 where the format does not tell. */
  readonly bytes: number;
}

type Kind = 'word' | 'dash' | 'name' | 'number' | 'quoted' | 'stamp';

/** How one value is read: up to the first of its `after`. */
interface Step {
  readonly kind: Kind;
  /** Index into {@link SKIMMED}; -1 for what is none of them. */
  readonly value: number;
  readonly isStatus: boolean;
  readonly isBytes: boolean;
  readonly after: Uint8Array;
}

/** What each slot's value has to look like. Those that are missing here make a format one that cannot be skimmed. */
const KINDS: Partial<Readonly<Record<Slot, Kind>>> = {
  client: 'word',
  user: 'word',
  time: 'stamp',
  request: 'quoted',
  status: 'number',
  bytes: 'number',
  referer: 'quoted',
  userAgent: 'quoted',
  port: 'number',
  duration: 'number',
};

const TAB = 0x09;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const HYPHEN = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const DELETE = 0x7f;
/** As the parser has it: more would lose some. */
const MAX_DIGITS = 15;
const MAX_STATUS_DIGITS = 3;
/** Longer lines are not ordinary. */
const MAX_LINE_BYTES = 8192;

/** @returns null for a layout that has lines of other than the usual values */
export function skimmer({ before, pieces }: Layout): Skimmer | null {
  const steps = pieces.map(stepOf);
  const slots = pieces.flatMap(({ meaning }) => meaning.slot ?? []);
  const last = pieces.at(-1)?.after;
  const ends = last === '' || last === '"';
  if (before !== '' || !ends || !steps.every((step) => step !== null) || new Set(slots).size < slots.length)
    return null;
  return slots.includes('client') && slots.includes('request') ? new StepSkimmer(steps) : null;
}

function stepOf({ meaning, after }: Piece, index: number, pieces: readonly Piece[]): Step | null {
  const kind = kindOf(meaning, after);
  const isLast = index === pieces.length - 1;
  const fits =
    kind === 'stamp' ||
    (kind === 'number' && (isLast || /^\D/.test(after))) ||
    (kind === 'quoted' ? after.startsWith('"') : kind === 'name' ? after === ':' : after.startsWith(' ') && !isLast);
  if (kind === null || !fits) return null;
  return {
    kind,
    value: SKIMMED.indexOf(meaning.slot as Skimmed), // of another slot it is -1
    isStatus: meaning.slot === 'status',
    isBytes: meaning.slot === 'bytes',
    after: bytesOf(after),
  };
}

function kindOf({ slot, shape, extra }: Piece['meaning'], after: string): Kind | null {
  if (extra !== null) return null;
  if (slot === 'host') return after === ':' ? 'name' : 'word';
  if (slot === 'time' && shape !== 'stamp') return null;
  if (slot !== null) return KINDS[slot] ?? null;
  return shape === 'ident' ? 'dash' : shape === 'number' ? 'number' : null;
}

/** 1 for each byte that is not plain in such a text: what ends it, and what makes the line one to be parsed. */
function endsOf(isEnd: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) =>
    Number(byte >= DELETE || byte === QUOTE || byte === BACKSLASH || isEnd(byte)),
  );
}
const WORD_ENDS = endsOf((byte) => byte <= SPACE);
const NAME_ENDS = endsOf((byte) => byte <= SPACE || byte === COLON);
const QUOTED_ENDS = endsOf((byte) => byte < SPACE && byte !== TAB);

/** Four times the byte from which on four bytes may be plain together, in each of the texts; more than any for a name. */
const WORD_FLOOR = 0x21212121;
const NAME_FLOOR = 0x7f7f7f7f;
const QUOTED_FLOOR = 0x20202020;
const EACH_ONE = 0x01010101;
const EACH_TOP = 0x80808080;
const EACH_QUOTE = 0x22222222;
const EACH_BACKSLASH = 0x5c5c5c5c;

class StepSkimmer implements Skimmer {
  readonly words = new Int32Array(MAX_LINE_BYTES / 4 + SKIMMED.length);
  readonly places = new Int32Array(SKIMMED.length * 2).fill(-1);
  readonly spans = new Int32Array(SKIMMED.length * 2);
  readonly hashes = new Int32Array(SKIMMED.length);
  time = Number.NaN;
  status = -1;
  bytes = -1;
  readonly #steps: readonly Step[];
  /** Of the text that was read last. */
  #hash = 0;
  /** Of the bytes that were looked at last. */
  #view: DataView = new DataView(new ArrayBuffer(0));
  #bytes: Uint8Array | null = null;
  /** The stamp that was read last, by words and the two bytes behind them. */
  readonly #stamp = new Int32Array(7);
  /** Where the next word goes. */
  #wordsEnd = 0;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  skim(bytes: Uint8Array, from: number, bytesEnd: number): number {
    const steps = this.#steps;
    const end = Math.min(bytesEnd, from + MAX_LINE_BYTES);
    let at = from;
    this.#wordsEnd = 0;
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i] as Step; // i < length
      const { value, after } = step;
      const start = this.#wordsEnd;
      let to: number;
      switch (step.kind) {
        case 'word':
          to = this.#readText(WORD_ENDS, WORD_FLOOR, bytes, at, end);
          if (to === at || to === end || bytes[to] !== SPACE) return -1;
          break;
        case 'name':
          to = this.#readText(NAME_ENDS, NAME_FLOOR, bytes, at, end);
          if (to === at || to === end || bytes[to] !== COLON) return -1;
          break;
        case 'dash':
          to = bytes[at] === HYPHEN ? at + 1 : -1;
          break;
        case 'quoted':
          to = this.#readText(QUOTED_ENDS, QUOTED_FLOOR, bytes, at, end);
          if (to === end || bytes[to] !== QUOTE) return -1;
          break;
        case 'stamp':
          to = this.#readStamp(bytes, at, end);
          break;
        case 'number':
          to = this.#readNumber(step, bytes, at, end);
      }
      if (to < 0) return -1;
      if (value >= 0) {
        this.places[2 * value] = start;
        this.places[2 * value + 1] = this.#wordsEnd;
        this.spans[2 * value] = at;
        this.spans[2 * value + 1] = to;
        this.hashes[value] = this.#hash;
      }
      for (let j = 0; j < after.length; j++) if (bytes[to + j] !== after[j]) return -1;
      at = to + after.length;
    }
    if (bytes[at] === CARRIAGE_RETURN) at++;
    return at < end && bytes[at] === NEWLINE ? at : -1;
  }

  /** To the first byte that the text does not hold; its words are put behind the others and hashed on the way. */
  #readText(ends: Uint8Array, floor: number, bytes: Uint8Array, from: number, end: number): number {
    const { words } = this;
    const view = this.#view;
    let wordsEnd = this.#wordsEnd;
    let hash = 0;
    let at = from;
    for (; at + 3 < end; at += 4) {
      const word = view.getInt32(at, true);
      // A byte's highest bit becomes set where it is below the floor, beyond 0x7e, a quote or a backslash; what one byte
      // carries over into the next matters no more then.
      const quotes = (word ^ EACH_QUOTE) - EACH_ONE;
      const backslashes = (word ^ EACH_BACKSLASH) - EACH_ONE;
      if (((word - floor) | (word + EACH_ONE) | quotes | backslashes) & EACH_TOP) break;
      words[wordsEnd++] = word;
      hash = mix(hash, word);
    }
    let rest = 0;
    let shift = 0;
    for (; at < end; at++) {
      const byte = bytes[at] as number; // before the end
      if (ends[byte] !== 0) break;
      rest |= byte << shift;
      shift += 8;
      if (shift < 32) continue;
      words[wordsEnd++] = rest;
      hash = mix(hash, rest);
      rest = 0;
      shift = 0;
    }
    if (shift > 0) {
      words[wordsEnd++] = rest;
      hash = mix(hash, rest);
    }
    this.#wordsEnd = wordsEnd;
    this.#hash = hash;
    return at;
  }

  #readStamp(bytes: Uint8Array, at: number, end: number): number {
    if (at + STAMP_LENGTH >= end) return -1;
    const view = this.#view;
    const stamp = this.#stamp;
    const isSame =
      view.getInt32(at + 16, true) === stamp[4] && // the seconds, which differ first
      view.getInt32(at, true) === stamp[0] &&
      view.getInt32(at + 4, true) === stamp[1] &&
      view.getInt32(at + 8, true) === stamp[2] &&
      view.getInt32(at + 12, true) === stamp[3] &&
      view.getInt32(at + 20, true) === stamp[5] &&
      view.getInt16(at + 24, true) === stamp[6];
    if (!isSame) {
      this.time = readStamp(bytes, at);
      for (let i = 0; i < 6; i++) stamp[i] = view.getInt32(at + 4 * i, true);
      stamp[6] = view.getInt16(at + 24, true);
    }
    return Number.isNaN(this.time) ? -1 : at + STAMP_LENGTH;
  }

  #readNumber({ isStatus, isBytes }: Step, bytes: Uint8Array, from: number, end: number): number {
    let at = from;
    let number = 0;
    if (bytes[at] === HYPHEN) {
      at++;
      number = isStatus ? -1 : 0;
    } else {
      for (let byte = bytes[at]; at < end && byte !== undefined && byte >= ZERO && byte <= NINE; byte = bytes[at]) {
        number = number * 10 + byte - ZERO;
        at++;
      }
      if (at === from || at - from > (isStatus ? MAX_STATUS_DIGITS : MAX_DIGITS)) return -1;
    }
    if (isStatus) this.status = number;
    else if (isBytes) this.bytes = number;
    return at;
  }
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
