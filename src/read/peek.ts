/** The first bytes of a stream, and the whole stream with them put back. */
export interface Peeked {
  /** As many bytes as were asked for or more; fewer if there are no more. */
  readonly head: Buffer;
  /** Whether the head is all there is. */
  readonly ended: boolean;
  readonly all: AsyncGenerator<Buffer>;
}

/** Who made the chunks closes them: `all` does so only if it is read to its end. */
export async function peek(chunks: AsyncGenerator<Buffer>, bytes: number): Promise<Peeked> {
  const seen: Buffer[] = [];
  let size = 0;
  let ended = false;
  while (size < bytes && !ended) {
    const next = await chunks.next();
    if (next.done) {
      ended = true;
    } else {
      seen.push(next.value);
      size += next.value.length;
    }
  }
  const head = seen.length === 1 && seen[0] ? seen[0] : Buffer.concat(seen);
  return { head, ended, all: putBack(head, chunks) };
}

async function* putBack(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}
