import type { Readable } from 'node:stream';
import type { Reject } from '../../model/reject.ts';
import { readContents } from '../read-contents.ts';
import { ReadError } from '../source-fault.ts';
import { chunkLines, emptyLedger } from './chunk-lines.ts';
import type { FollowNotice, LiveFile } from './followed-file.ts';

export interface PipedOptions {
  readonly stdin: Readable;
  readonly maxLineBytes: number;
  readonly onReject: (reject: Reject) => void;
  readonly onNotice: (notice: FollowNotice) => void;
  /** Hears that something has come. */
  readonly onChange: () => void;
}

type Arrival = IteratorResult<Buffer, unknown> | { readonly error: unknown };

/** Standard input as a file that is followed to its end. No more than one chunk of it is fetched ahead. */
export function followedStdin(options: PipedOptions): LiveFile {
  const { stdin, maxLineBytes, onReject, onNotice, onChange } = options;
  const ledger = emptyLedger();
  const lines = chunkLines({ offset: 0, lines: 0 }, Buffer.alloc(0), { source: '-', maxLineBytes, onReject, ledger });
  const chunks = readContents({ name: '-', sizeBytes: null }, stdin, () => {});
  let arrival: Arrival | null = null;
  let isFetching = false;
  let ended = false;

  async function fetch(): Promise<void> {
    isFetching = true;
    arrival = await chunks.next().catch((error: unknown) => ({ error }));
    isFetching = false;
    onChange();
  }

  return {
    source: '-',
    position: null,
    lagBytes: 0,
    ledger,
    get atEnd() {
      return arrival === null;
    },
    get ended() {
      return ended;
    },
    get awake() {
      return arrival !== null;
    },
    wake() {
      if (!isFetching && !ended && arrival === null) void fetch();
    },
    async read(onLine) {
      const linesBefore = ledger.lines;
      const arrived = arrival;
      arrival = null;
      if (arrived !== null && 'value' in arrived && arrived.done !== true) {
        lines.take(arrived.value, onLine);
      } else if (arrived !== null) {
        ended = true;
        lines.finish(onLine);
        if ('error' in arrived) {
          if (!(arrived.error instanceof ReadError)) throw arrived.error;
          onNotice({ source: '-', code: 'unreadable', message: arrived.error.message, lostBytes: 0 });
        }
      }
      this.wake();
      return ledger.lines - linesBefore;
    },
    async close() {
      stdin.destroy();
    },
  };
}
