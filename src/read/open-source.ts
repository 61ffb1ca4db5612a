import { pipeline, type Readable } from 'node:stream';
import type { LogLine } from '../model/line.ts';
import type { Reject } from '../model/reject.ts';
import { lineBounder } from './bound-lines.ts';
import { cutSegments, type Segment } from './cut-segments.ts';
import type { Source } from './find-sources.ts';
import { type Framing, UTF8_BOM } from './framing.ts';
import { jsonFramer } from './json-framer.ts';
import { isBlank } from './line-cutter.ts';
import { lineFramer } from './line-framer.ts';
import { peek } from './peek.ts';
import { CHUNK_BYTES, type Reading, readContents } from './read-contents.ts';
import { ReadError, type SourceFault } from './source-fault.ts';
import { type LineTaker, takeLines } from './take-lines.ts';

export const DEFAULT_MAX_LINE_BYTES = 64 * 1024;
const HEAD_BYTES = 64 * 1024;
const HEAD_LINES = 200;
const SHAPE_BYTES = 1024;
/** No strings are made of these chunks. */
const TAKEN_CHUNK_BYTES = 256 * 1024;
/** An array of objects. A line that starts with a bracket alone may belong to any log. */
const JSON_ARRAY = /^(?:\xef\xbb\xbf)?[\t\n\r ]*\[[\t\n\r ]*\{/;

/** Lines that end in a newline, or the elements of one JSON array. */
export type Shape = 'lines' | 'json-array';

export interface ReadOptions {
  /** Longer lines are rejected as `too-long`, without being held in memory. */
  readonly maxLineBytes: number;
  /** Called for each line that is too long; its text is an excerpt, offset and length are the line's. */
  readonly onReject: (reject: Reject) => void;
  /** Called with the number of bytes that were read, as stored: before decompression. */
  readonly onBytes?: (bytes: number) => void;
  /** What `-` reads. Default: the standard input of the process. */
  readonly stdin?: Readable;
  /** Default: told from the first bytes. */
  readonly shape?: Shape;
}

/** A source of which the beginning has been looked at. */
export interface OpenSource {
  readonly source: Source;
  readonly shape: Shape;
  /**
   * The first lines (elements) as their texts, for telling the format: from the first 64 KiB, at most 200. They are not
   * consumed.
   */
  readonly head: readonly string[];
  /**
   * What `onLine` gives for each line, `undefined` left out. To be called once. An error of `onLine` ends the iteration
   * with that error; leaving the iteration early closes the source. A line's text is a slice of the chunk it was cut
   * from: copy what outlives the call.
   */
  map<T>(onLine: (line: LogLine) => T | undefined): AsyncIterable<T>;
  /**
   * What `tick` of the taker gives, `undefined` left out: like `map`, for lines that can be taken as bytes. Only for the
   * shape `lines`.
   */
  take<T>(taker: LineTaker<T>): AsyncIterable<T>;
  /**
   * The lines in segments of about so many bytes, for {@link takeSegment} elsewhere: nothing is rejected, skipped or
   * counted here. Only for the shape `lines`.
   */
  cut(segmentBytes: number): AsyncGenerator<Segment>;
  /** Why the source was not read to its end, as far as it has been read. */
  readonly fault: SourceFault | null;
  /** Lines read so far: those given to `onLine` or to `onReject`, and the skipped ones. */
  readonly lines: number;
  /** Lines that hold nothing: blank, or an array's elements that are neither objects nor arrays. */
  readonly skipped: number;
  /** Bytes framed so far, after decompression. */
  readonly bytes: number;
  /** Closes a source that is not being iterated. */
  close(): Promise<void>;
}

/** Opens a source and reads its first bytes. What cannot be read is told by `fault`, never thrown. */
export async function openSource(source: Source, options: ReadOptions): Promise<OpenSource> {
  const { maxLineBytes, onReject, onBytes = () => {}, stdin = process.stdin } = options;
  const framing: Framing = { source: source.name, maxLineBytes, onReject, ledger: { lines: 0, skipped: 0 } };
  let fault: SourceFault | null = null;
  let bytes = 0;
  let mapped = false;
  const reading: Reading = { chunkBytes: CHUNK_BYTES };

  function note(error: unknown): void {
    if (!(error instanceof ReadError)) throw error;
    fault = { source: source.name, code: error.code, message: error.message };
  }

  async function* readUntilFault(): AsyncGenerator<Buffer> {
    try {
      yield* readContents(source, stdin, onBytes, reading);
    } catch (error) {
      note(error);
    }
  }

  const contents = readUntilFault();
  const { head, ended, all } = await peek(contents, HEAD_BYTES);
  const headText = head.toString('latin1', 0, HEAD_BYTES);
  const shape = options.shape ?? shapeOf(head);

  async function* readBytes(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of all) {
        bytes += chunk.length;
        yield chunk;
      }
    } finally {
      await contents.return(undefined);
    }
  }

  function begin(): void {
    if (mapped) throw new Error('a source can be mapped once');
    mapped = true;
  }

  function beginBytes(): AsyncGenerator<Buffer> {
    begin();
    if (shape !== 'lines') throw new Error('only lines can be taken as bytes');
    reading.chunkBytes = TAKEN_CHUNK_BYTES;
    return readBytes();
  }

  async function* mapLines<T>(onLine: (line: LogLine) => T | undefined): AsyncGenerator<T> {
    const bounder = lineBounder(framing.maxLineBytes);
    const framer = lineFramer(framing, bounder, onLine);
    async function* readBounded(): AsyncGenerator<string> {
      for await (const chunk of readBytes()) yield bounder.bound(chunk).toString('latin1');
    }
    // Whatever fails destroys the framer with its error, which the iteration of the framer throws.
    pipeline(readBounded, framer, () => {});
    yield* framer;
  }

  async function* mapElements<T>(onLine: (line: LogLine) => T | undefined): AsyncGenerator<T> {
    const framer = jsonFramer(framing);
    try {
      for await (const chunk of readBytes()) {
        for (const line of framer.frame(chunk.toString('latin1'))) {
          const result = onLine(line);
          if (result !== undefined) yield result;
        }
      }
      if (fault === null) framer.end();
    } catch (error) {
      note(error);
    }
  }

  return {
    source,
    shape,
    head: shape === 'lines' ? headLines(headText, ended) : headElements(headText, framing),
    map(onLine) {
      begin();
      return shape === 'lines' ? mapLines(onLine) : mapElements(onLine);
    },
    take: (taker) => takeLines(beginBytes(), framing, taker),
    cut: (segmentBytes) => cutSegments(beginBytes(), framing.maxLineBytes, segmentBytes),
    get fault() {
      return fault;
    },
    get lines() {
      return framing.ledger.lines;
    },
    get skipped() {
      return framing.ledger.skipped;
    },
    get bytes() {
      return bytes;
    },
    async close() {
      await contents.return(undefined);
    },
  };
}

/** Told from the first 1 KiB, whoever has read how much more. */
export function shapeOf(head: Buffer): Shape {
  return JSON_ARRAY.test(head.toString('latin1', 0, SHAPE_BYTES)) ? 'json-array' : 'lines';
}

function headLines(text: string, isWhole: boolean): string[] {
  const lines = (text.startsWith(UTF8_BOM) ? text.slice(UTF8_BOM.length) : text).split('\n');
  if (!isWhole) lines.pop();
  return lines
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    .filter((line) => !isBlank(line))
    .slice(0, HEAD_LINES);
}

function headElements(text: string, framing: Framing): string[] {
  const framer = jsonFramer({ ...framing, onReject: () => {}, ledger: { lines: 0, skipped: 0 } });
  const elements: string[] = [];
  try {
    for (const line of framer.frame(text)) elements.push(line.text);
  } catch (error) {
    // Bad JSON is told when it is read again as a part of the whole.
    if (!(error instanceof ReadError)) throw error;
  }
  return elements.slice(0, HEAD_LINES);
}
