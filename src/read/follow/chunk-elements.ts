import type { Ledger } from '../framing.ts';
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
  /** Of the elements that were given before, none counts as skipped. */
  const counted: Ledger = {
    lines: 0,
    get skipped() {
      return ledger.skipped;
    },
    set skipped(skipped) {
      if (counted.lines > skip) ledger.skipped = skipped;
    },
  };
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
    hasRest: false,
    take(chunk, onLine) {
      const linesBefore = Math.max(skip, counted.lines);
      try {
        for (const line of framer.frame(chunk.toString('latin1'))) if (line.number > skip) onLine(line);
      } finally {
        ledger.lines += Math.max(0, counted.lines - linesBefore);
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
