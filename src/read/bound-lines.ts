/** What was left out of one line. */
export interface Elision {
  /** Offset of the line's first byte. */
  readonly lineOffset: number;
  /** Bytes left out of the line; its newline is not among them. */
  bytes: number;
  /** Whether the last byte left out is a carriage return, which may belong to the line's ending. */
  endsInCr: boolean;
}

export interface LineBounder {
  /** Gives the chunk without the bytes that no line within the bound can need. */
  bound(chunk: Buffer): Buffer;
  /** What was left out of the line that starts at the offset; to be asked once for each line, in order. */
  takeElision(lineOffset: number): Elision | null;
  /** What was left out of lines that start before the offset; to be asked in order, in the place of `takeElision`. */
  takeNextElision(beforeOffset: number): Elision | null;
}

/** A byte order mark and a carriage return do not count, and one byte more shows that the line is too long. */
const SPARE_BYTES = 3 + 1 + 1;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Keeps a line that goes on over many chunks from being collected: what comes when `maxLineBytes` and a few bytes of it
 * have passed is left out and counted, so that never more than those bytes and one chunk of a line are held. The text
 * begins with the line at `startOffset`.
 */
export function lineBounder(maxLineBytes: number, startOffset = 0): LineBounder {
  const keep = maxLineBytes + SPARE_BYTES;
  const elisions: Elision[] = [];
  let offset = startOffset;
  /** The line that the last chunk left unfinished: where it starts, what has passed of it, what has not. */
  let lineOffset = startOffset;
  let passed = 0;
  let elision: Elision | null = null;

  return {
    bound(chunk) {
      const newline = chunk.indexOf(NEWLINE);
      const end = newline === -1 ? chunk.length : newline;
      const cut = passed === 0 ? end : Math.min(end, Math.max(0, keep - passed));
      if (cut < end) {
        if (elision === null) {
          elision = { lineOffset, bytes: 0, endsInCr: false };
          elisions.push(elision);
        }
        elision.bytes += end - cut;
        elision.endsInCr = chunk[end - 1] === CARRIAGE_RETURN;
      }
      if (newline === -1) {
        passed += cut;
      } else {
        const tail = chunk.lastIndexOf(NEWLINE) + 1;
        lineOffset = offset + tail;
        passed = chunk.length - tail;
        elision = null;
      }
      offset += chunk.length;
      return cut < end ? Buffer.concat([chunk.subarray(0, cut), chunk.subarray(end)]) : chunk;
    },
    takeElision(start) {
      return takeElision(elisions, start);
    },
    takeNextElision(beforeOffset) {
      return (elisions[0]?.lineOffset ?? Number.POSITIVE_INFINITY) < beforeOffset ? (elisions.shift() ?? null) : null;
    },
  };
}

/** Takes that of the line that starts at the offset out of those that are left, if it is the first of them. */
export function takeElision(elisions: Elision[], lineOffset: number): Elision | null {
  return elisions[0]?.lineOffset === lineOffset ? (elisions.shift() ?? null) : null;
}
