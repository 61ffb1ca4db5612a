import { deserialize, serialize } from 'node:v8';
import type { LogLine } from '../model/line.ts';

/** One thing that happened to a scan: the same things in the same order make the same state. */
export type JournalEntry =
  /** `strays`: the lines that told the format were rejected before, and are taken again with it. */
  | { readonly kind: 'format'; readonly source: string; readonly format: string; readonly strays: boolean }
  | { readonly kind: 'line'; readonly line: LogLine }
  | { readonly kind: 'advance'; readonly watermark: number };

/** As written: lines that follow each other in one source share its name. */
type Written =
  | Exclude<JournalEntry, { kind: 'line' }>
  | {
      readonly kind: 'lines';
      readonly source: string;
      readonly numbers: number[];
      readonly offsets: number[];
      readonly lengths: number[];
      readonly texts: string[];
    };

export interface Journal {
  add(entry: JournalEntry): void;
  /** Lines, and the bytes of their texts, that were added since the last `take`. */
  readonly lines: number;
  readonly bytes: number;
  /** Everything added since the last call; null for nothing. */
  take(): Uint8Array | null;
}

/** What is read between two commits, so that a start can go through it again on top of the last snapshot. */
export function journal(): Journal {
  let written: Written[] = [];
  let [lines, bytes] = [0, 0];
  return {
    get lines() {
      return lines;
    },
    get bytes() {
      return bytes;
    },
    add(entry) {
      if (entry.kind !== 'line') {
        written.push(entry);
        return;
      }
      const { source, number, offset, length, text } = entry.line;
      let last = written.at(-1);
      if (last?.kind !== 'lines' || last.source !== source) {
        last = { kind: 'lines', source, numbers: [], offsets: [], lengths: [], texts: [] };
        written.push(last);
      }
      last.numbers.push(number);
      last.offsets.push(offset);
      last.lengths.push(length);
      last.texts.push(text);
      lines++;
      bytes += text.length;
    },
    take() {
      if (written.length === 0) return null;
      const taken = serialize(written);
      written = [];
      [lines, bytes] = [0, 0];
      return taken;
    },
  };
}

/** What one `take` gave, thing by thing. */
export function* readJournal(taken: Uint8Array): Generator<JournalEntry> {
  const written: readonly Written[] = deserialize(taken);
  for (const entry of written) {
    if (entry.kind !== 'lines') {
      yield entry;
      continue;
    }
    const { source, numbers, offsets, lengths, texts } = entry;
    for (const [index, text] of texts.entries()) {
      const [number = 0, offset = 0, length = 0] = [numbers[index], offsets[index], lengths[index]];
      yield { kind: 'line', line: { source, number, offset, length, text } };
    }
  }
}
