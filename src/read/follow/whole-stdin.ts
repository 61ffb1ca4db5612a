import type { Readable } from 'node:stream';
import { shapeOf } from '../open-source.ts';
import { peek } from '../peek.ts';
import { CHUNK_BYTES, readContents } from '../read-contents.ts';
import { ReadError, type SourceFault } from '../source-fault.ts';
import { chunkElements } from './chunk-elements.ts';
import { type ChunkLines, chunkLines, emptyLedger, type LineOptions } from './chunk-lines.ts';
import type { WholeFile } from './followed-file.ts';

const NOTHING = Buffer.alloc(0);

/** Standard input to its end. It cannot be read again, hence it has no position. */
export function wholeStdin(stdin: Readable, options: Omit<LineOptions, 'source' | 'ledger'>): WholeFile {
  const ledger = emptyLedger();
  const lineOptions: LineOptions = { ...options, source: '-', ledger };
  const contents = readContents({ name: '-', sizeBytes: null }, stdin, () => {});
  let opened: { readonly lines: ChunkLines; readonly chunks: AsyncGenerator<Buffer> } | null = null;
  let fault: SourceFault | null = null;
  let ended = false;

  function note({ code, message }: ReadError): void {
    fault ??= { source: '-', code, message };
  }

  async function* readUntilFault(): AsyncGenerator<Buffer> {
    try {
      yield* contents;
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      note(error);
    }
  }

  async function open() {
    const { head, all } = await peek(readUntilFault(), CHUNK_BYTES);
    const isArray = shapeOf(head) === 'json-array';
    const lines = isArray ? chunkElements(0, lineOptions) : chunkLines({ offset: 0, lines: 0 }, NOTHING, lineOptions);
    return { lines, chunks: all };
  }

  return {
    source: '-',
    position: null,
    lagBytes: 0,
    leavesRest: false,
    ledger,
    get atEnd() {
      return ended;
    },
    get ended() {
      return ended;
    },
    get fault() {
      return fault;
    },
    async read(onLine) {
      const linesBefore = ledger.lines;
      if (ended) return 0;
      try {
        opened ??= await open();
        const { done, value } = await opened.chunks.next();
        if (done) {
          ended = true;
          opened.lines.finish(onLine);
        } else {
          opened.lines.take(value, onLine);
        }
      } catch (error) {
        if (!(error instanceof ReadError)) throw error;
        note(error);
        ended = true;
      }
      return ledger.lines - linesBefore;
    },
    async close() {
      await contents.return(undefined);
    },
  };
}
