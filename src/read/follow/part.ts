import type { LogLine } from '../../model/line.ts';
import { type ChunkLines, chunkLines, type LineOptions, type LineStart } from './chunk-lines.ts';
import type { Contents } from './contents.ts';
import { fingerprint, type PartPosition } from './position.ts';

/** One file of a log, being read. */
export interface Part {
  readonly contents: Contents;
  readonly position: PartPosition;
  /** Bytes known to be there and not given; the stored size of an archive until it has been read. */
  readonly lagBytes: number;
  /** Whether an incomplete last line stands at the end of what was read. */
  readonly hasRest: boolean;
  /** Gives the lines of the next chunk. `end`: there is none for now. `replaced`: the file holds other content. */
  read(onLine: (line: LogLine) => void): Promise<'more' | 'end' | 'replaced'>;
  /** Nothing more will come: gives an incomplete last line too. */
  finish(onLine: (line: LogLine) => void): void;
}

/** Reads on at the offset that the contents have been brought to. */
export function openPart(contents: Contents, at: LineStart, options: LineOptions): Part {
  return partOf(contents, chunkLines(at, contents.recent, options));
}

/** The same for a way of framing. */
export function partOf(contents: Contents, lines: ChunkLines): Part {
  let ended = false;

  return {
    contents,
    get position() {
      const { name, device, inode, format, size, modifiedMs } = contents;
      return {
        name,
        device,
        inode,
        format,
        head: fingerprint(contents.head),
        tail: fingerprint(lines.tail),
        offset: lines.offset,
        lines: lines.lines,
        size,
        modifiedMs,
        ended,
      };
    },
    get lagBytes() {
      if (contents.format === 'plain') return Math.max(0, contents.size - lines.offset);
      return ended ? 0 : contents.size;
    },
    get hasRest() {
      return lines.hasRest;
    },
    async read(onLine) {
      const chunk = await contents.next();
      if (typeof chunk === 'string') return chunk;
      lines.take(chunk, onLine);
      return 'more';
    },
    finish(onLine) {
      ended = true;
      lines.finish(onLine);
    },
  };
}
