import { newStampCache, type StampCache, stampAt } from './apache-time.ts';
import { digitsAt } from './calendar.ts';
import { type Clock, newClock, readClock } from './clock.ts';
import type { Shape } from './directives.ts';
import { findEnd, follows, type ValueEnd } from './ends.ts';
import type { Layout, Piece } from './layout.ts';
import { bytesOf, fillLineBytes, type LineBytes, newLineBytes, startsWithAt } from './line-bytes.ts';
import { timeReader } from './strftime.ts';
import type { TimeReader } from './time-parts.ts';
import { decodeValue } from './unescape.ts';

const HYPHEN = 0x2d;
/** Numbers of more digits would lose some. */
const MAX_DIGITS = 15;

/** Finds where the values of a line are, and reads its time on the way: a layout compiled, and the line scanned last. */
export interface LineScanner {
  readonly before: Uint8Array;
  readonly steps: readonly Step[];
  readonly stamps: StampCache;
  /** Where the time's parts gather; null when `%t` alone tells it. */
  readonly clock: Clock | null;
  readonly line: LineBytes;
  /** Piece `i` begins at `places[2 * i]` and ends before `places[2 * i + 1]`. */
  readonly places: Int32Array;
  /** Epoch milliseconds, NaN when what the line gives is no moment. */
  time: number;
}

/** How one piece is read. */
interface Step {
  readonly end: ValueEnd;
  readonly gap: number;
  readonly isStamp: boolean;
  /** Of a part of the time in another form than `%t`, and the clock that it is for. */
  readonly read: TimeReader | null;
  readonly clock: Clock;
}

/**
 * Compiles a layout. With `openEnd` a line may hold more after the last value.
 * @throws SightlineError `bad-log-format` for a bad time format.
 */
export function lineScanner({ before, pieces }: Layout, openEnd: boolean): LineScanner {
  const clocks = { begin: newClock(), end: newClock() };
  const timeParts = pieces.filter((piece) => piece.meaning.slot === 'time');
  const onlyStamp = timeParts.length === 1 && timeParts[0]?.meaning.shape === 'stamp';
  const clock = timeParts.every(isEndPart) ? clocks.end : clocks.begin;
  return {
    before: bytesOf(before),
    steps: pieces.map((piece, index) => {
      const end = endOf(pieces, index, openEnd);
      const read = piece.meaning.shape === 'time' ? readerOf(piece) : null;
      const isStamp = piece.meaning.shape === 'stamp';
      return { end, gap: end.after.length, isStamp, read, clock: isEndPart(piece) ? clocks.end : clocks.begin };
    }),
    stamps: newStampCache(),
    clock: onlyStamp ? null : clock,
    line: newLineBytes(),
    places: new Int32Array(pieces.length * 2),
    time: Number.NaN,
  };
}

/** False when the text is not of the scanner's layout; then what the scanner holds means nothing. */
export function scanLine(scanner: LineScanner, text: string): boolean {
  const { steps, line, places } = scanner;
  fillLineBytes(line, text);
  if (!startsWithAt(line, 0, scanner.before)) return false;
  let at = scanner.before.length;
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index] as Step;
    const end = step.read === null ? findEnd(step.end, line, at) : readPart(step, step.read, line, at);
    if (end < 0) return false;
    if (step.isStamp) {
      scanner.time = stampAt(scanner.stamps, line.bytes, at);
      step.clock.epoch = scanner.time;
    }
    places[index * 2] = at;
    places[index * 2 + 1] = end;
    at = end + step.gap;
  }
  if (scanner.clock !== null) scanner.time = readClock(scanner.clock);
  return true;
}

/** The text of a piece of the line scanned last; null for `-`, and for the piece -1. */
export function valueAt(scanner: LineScanner, index: number): string | null {
  if (index < 0) return null;
  const { line, places } = scanner;
  const from = places[index * 2] as number;
  const end = places[index * 2 + 1] as number;
  if (end - from === 1 && line.bytes[from] === HYPHEN) return null;
  const value = line.text.slice(from, end);
  return line.plain ? value : decodeValue(value);
}

/** The number that a piece is; null for `-`, for what is below zero or too long to be true, and for the piece -1. */
export function numberAt({ line, places }: LineScanner, index: number): number | null {
  if (index < 0) return null;
  const from = places[index * 2] as number;
  const count = (places[index * 2 + 1] as number) - from;
  if (count > MAX_DIGITS || line.bytes[from] === HYPHEN) return null;
  return digitsAt(line.bytes, from, count);
}

function readPart(step: Step, read: TimeReader, line: LineBytes, from: number): number {
  const end = read(line, from, step.clock);
  return end >= 0 && follows(step.end, line, end) ? end : -1;
}

function readerOf({ argument }: Piece): TimeReader {
  return timeReader((argument ?? '').replace(/^(?:begin|end):/, ''));
}

/** `%{end:...}t` tells when the response was finished; it counts only where the log has no other time. */
function isEndPart({ argument }: Piece): boolean {
  return argument?.startsWith('end:') ?? false;
}

function endOf(pieces: readonly Piece[], index: number, openEnd: boolean): ValueEnd {
  const { meaning, after } = pieces[index] as Piece;
  const last = index === pieces.length - 1 && !openEnd;
  const next = index + 1 < pieces.length ? endOf(pieces, index + 1, openEnd) : null;
  const hasForm = next?.kind === 'stamp' || next?.kind === 'number';
  const kind = kindOf(meaning.shape, after, last, hasForm);
  return { kind, after: bytesOf(after), last, next: kind === 'before-next' ? next : null };
}

function kindOf(shape: Shape, after: string, last: boolean, nextHasForm: boolean): ValueEnd['kind'] {
  if (shape === 'stamp' || shape === 'number') return shape;
  if (after.startsWith('"')) return 'quoted';
  if (last) return 'rest';
  if (shape === 'address' && after.startsWith(':')) return 'before-colon';
  if (shape === 'forwarded') return 'list';
  return nextHasForm ? 'before-next' : 'bare';
}
