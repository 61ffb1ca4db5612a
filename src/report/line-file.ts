import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/** How much is gathered before it is written. */
const BUFFER_CHARS = 64 * 1024;

/** A file that takes one line at a time and writes in large pieces. An error of the disk is thrown where it happens. */
export interface LineFile {
  readonly path: string;
  /** Length of the file. */
  readonly bytes: number;
  write(line: string): void;
  flush(): void;
  close(): void;
}

/** Opens `path` for writing after its first `keptBytes`; what stands behind them goes. */
export function openLineFile(path: string, keptBytes = 0): LineFile {
  const handle = openSync(path, keptBytes === 0 ? 'w' : 'a');
  let bytes = Math.min(keptBytes, fstatSync(handle).size);
  if (keptBytes > 0) ftruncateSync(handle, bytes);
  let waiting = '';
  const flush = () => {
    const rest = Buffer.from(waiting);
    for (let written = 0; written < rest.length; ) written += writeSync(handle, rest, written);
    bytes += rest.length;
    waiting = '';
  };
  return {
    path,
    get bytes() {
      return bytes;
    },
    write(line) {
      waiting += `${line}\n`;
      if (waiting.length >= BUFFER_CHARS) flush();
    },
    flush,
    close() {
      flush();
      closeSync(handle);
    },
  };
}
