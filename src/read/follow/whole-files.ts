import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { LogLine } from '../../model/line.ts';
import type { Reject } from '../../model/reject.ts';
import type { Source } from '../find-sources.ts';
import { shapeOf } from '../open-source.ts';
import { CHUNK_BYTES } from '../read-contents.ts';
import { ReadError, type SourceFault } from '../source-fault.ts';
import { chunkElements } from './chunk-elements.ts';
import { chunkLines, emptyLedger, type LineOptions } from './chunk-lines.ts';
import { type Contents, openContents } from './contents.ts';
import type { WholeFile } from './followed-file.ts';
import { matchPosition, type PositionIndex, positionIndex } from './match-positions.ts';
import { type Part, partOf } from './part.ts';
import { type FilePosition, type PartPosition, startsAs } from './position.ts';
import { wholeStdin } from './whole-stdin.ts';

const READ_BYTES = 1024 * 1024;

export interface WholeOptions {
  readonly sources: readonly Source[];
  /** As stored by runs before, whatever their files are called now. */
  readonly positions: readonly FilePosition[];
  readonly maxLineBytes: number;
  readonly onReject: (reject: Reject) => void;
  /** What `-` reads. Default: the standard input of the process. */
  readonly stdin?: Readable;
}

/**
 * Files in the order of the sources, each at the position where a run before stopped reading its content: a file is
 * known again by what it holds, renamed and compressed as it may be. All positions are to be stored together before
 * anything is read, and replace those given: files may have changed names with each other. No file is open but while
 * it is being read, from its first `read` to its end.
 *
 * An archive that cannot be read to its end is not ended in its position: the next run looks for more of it, and tells
 * the fault again.
 *
 * Of a JSON array, the position tells the number of elements given (`lines`), with an offset of 0 until its end.
 */
export async function openWholeFiles(options: WholeOptions): Promise<readonly WholeFile[]> {
  const { maxLineBytes, onReject, stdin = process.stdin } = options;
  const index = positionIndex(options.positions);
  const files: WholeFile[] = [];
  for (const { name } of options.sources) {
    files.push(name === '-' ? wholeStdin(stdin, { maxLineBytes, onReject }) : await wholeFile(name, index, options));
  }
  return files;
}

async function wholeFile(name: string, index: PositionIndex, options: WholeOptions): Promise<WholeFile> {
  const path = resolve(name);
  const ledger = emptyLedger();
  const { maxLineBytes, onReject } = options;
  const lineOptions: LineOptions = { source: name, maxLineBytes, onReject, ledger };
  let start: PartPosition | null = null;
  let sizeBefore: number | null = null;
  let part: Part | null = null;
  let fault: SourceFault | null = null;
  let ended = false;

  await untilFault(async () => {
    ({ start, sizeBefore } = await matchPosition(path, index));
    ended = start.ended;
  });

  return {
    source: name,
    ledger,
    get position() {
      const position = part?.position ?? start;
      return position && { ...position, path, earlier: [] };
    },
    get atEnd() {
      return ended;
    },
    get ended() {
      return ended;
    },
    get lagBytes() {
      if (ended) return 0;
      return part?.lagBytes ?? start?.size ?? 0;
    },
    get fault() {
      return fault;
    },
    get leavesRest() {
      return ended && part !== null && part.hasRest;
    },
    async read(onLine) {
      const linesBefore = ledger.lines;
      if (!ended) await untilFault(() => readOn(onLine));
      return ledger.lines - linesBefore;
    },
    async close() {
      if (!ended) await part?.contents.close();
    },
  };

  async function readOn(onLine: (line: LogLine) => void): Promise<void> {
    part ??= await openAt(path, start, lineOptions);
    for (let bytes = 0; bytes < READ_BYTES; bytes += CHUNK_BYTES) {
      const state = await part.read(onLine);
      if (state === 'more') continue;
      if (state === 'replaced') throw new ReadError('unreadable', `${name} was emptied or written anew meanwhile`);
      ended = true;
      await part.contents.close();
      if (part.contents.fault !== null) note(part.contents.fault);
      else if (!part.hasRest || isComplete(part.contents)) part.finish(onLine);
      return;
    }
  }

  /** A whole archive gets no more lines; what is plain has had the time between two runs for it. */
  function isComplete({ format, size }: Contents): boolean {
    return format !== 'plain' || size === sizeBefore;
  }

  async function untilFault(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      note(error);
      if (!ended) await part?.contents.close();
      ended = true;
    }
  }

  function note({ code, message }: ReadError): void {
    fault ??= { source: name, code, message };
  }
}

async function openAt(path: string, start: PartPosition | null, options: LineOptions): Promise<Part> {
  const contents = await openContents(path);
  if (start !== null && startsAs(contents.head, start.head)) {
    // An array that has grown since its end was reached is read from its beginning, too.
    if (shapeOf(contents.head) === 'json-array') return partOf(contents, chunkElements(start.lines, options));
    if (await contents.seek(start.offset, start.tail)) {
      return partOf(contents, chunkLines(start, contents.recent, options));
    }
  }
  await contents.close();
  throw new ReadError('unreadable', `${path} holds something else than at the start; the next run will find it`);
}
