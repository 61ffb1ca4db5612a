import { jsonFramer } from '../json-framer.ts';
import type { ChunkLines, LineOptions } from './chunk-lines.ts';
import { lastBytes } from './contents.ts';

const NOTHING = Buffer.alloc(0);

/**
 * The elements of one JSON array, asked for chunk by chunk. Its grammar can only be read from the beginning: until the
 * end is reached the offset stays 0, and the first `skip` elements, given before, are passed over.
 *
 * `take` and `finish` throw ReadError `bad-json`.
 */
export function chunkElements(skip: number, options: LineOptions): ChunkLines {
  const { ledger, onReject } = options;
  const counted = { lines: 0, skipped: 0 };
  const framer = jsonFramer({
    ...options,
    ledger: counted,
    onReject: (reject) => {
      if (reject.line.number <= skip) return;
      ledger.tooLong++;
      onReject(reject);
    },
  });
  let fetched = 0;
  let recent: Buffer = NOTHING;
  let ended = false;

  return {
    get offset() {
      return ended ? fetched : 0;
    },
    get lines() {
      return Math.max(skip, counted.lines);
    },
    get tail() {
      return ended ? recent : NOTHING;
    },
    take(chunk, onLine) {
      const { lines, skipped } = counted;
      try {
        for (const line of framer.frame(chunk.toString('latin1'))) if (line.number > skip) onLine(line);
      } finally {
        const isNew = counted.lines > skip;
        ledger.lines += isNew ? counted.lines - Math.max(skip, lines) : 0;
        ledger.skipped += isNew ? counted.skipped - skipped : 0;
        ledger.bytes += chunk.length;
      }
      fetched += chunk.length;
      recent = lastBytes(Buffer.concat([recent, chunk]));
    },
    finish() {
      ended = true;
      framer.end();
    },
  };
}
