/** What was left out of one line. */
export interface Elision {
  /** Offset of the line's first byte. */
  readonly lineOffset: number;
  /** Bytes left out of the line, its newline not among them. */
  bytes: number;
  /** The last byte left out: the line may have ended in a carriage return. */
  lastByte: string;
}

export interface LineBounder {
  /** Gives the chunk without the bytes that no line within the bound can need. */
  bound(chunk: string): string;
  /** What was left out of the line that starts at the offset; to be asked once for each line, in order. */
  takeElision(lineOffset: number): Elision | null;
}

/**
 * Keeps a line that goes on over many chunks from being collected: once `maxLineBytes` and two bytes of it have passed,
 * the rest is left out and counted. (Two, because a carriage return does not count and the line must still be seen to be
 * too long.) What is left of a line is therefore never longer than that, or than a chunk and that.
 */
export function lineBounder(maxLineBytes: number): LineBounder {
  const keep = maxLineBytes + 2;
  const elisions: Elision[] = [];
  let offset = 0;
  let lineOffset = 0;
  let kept = 0;
  let current: Elision | null = null;

  function elide(text: string): void {
    if (text === '') return;
    if (current === null) {
      current = { lineOffset, bytes: 0, lastByte: '' };
      elisions.push(current);
    }
    current.bytes += text.length;
    current.lastByte = text.slice(-1);
  }

  return {
    bound(chunk) {
      const newline = chunk.indexOf('\n');
      const end = newline === -1 ? chunk.length : newline;
      const room = Math.max(0, keep - kept);
      const fits = kept === 0 || end <= room;
      const passed = fits ? chunk : chunk.slice(0, room) + chunk.slice(end);
      if (!fits) elide(chunk.slice(room, end));
      if (newline === -1) {
        kept += fits ? end : room;
      } else {
        const last = chunk.lastIndexOf('\n');
        kept = chunk.length - last - 1;
        lineOffset = offset + last + 1;
        current = null;
      }
      offset += chunk.length;
      return passed;
    },
    takeElision(lineStart) {
      return elisions[0]?.lineOffset === lineStart ? (elisions.shift() ?? null) : null;
    },
  };
}
