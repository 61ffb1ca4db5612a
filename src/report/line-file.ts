import { closeSync, openSync, writeSync } from 'node:fs';

/** How much is gathered before it is written. */
const BUFFER_CHARS = 64 * 1024;

/** A file that takes one line at a time and writes in large pieces. An error of the disk is thrown where it happens. */
export interface LineFile {
  write(line: string): void;
  close(): void;
}

/** Opens `path` for writing, from the beginning. */
export function openLineFile(path: string): LineFile {
  const handle = openSync(path, 'w');
  let waiting = '';
  const flush = () => {
    const bytes = Buffer.from(waiting);
    for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
    waiting = '';
  };
  return {
    write(line) {
      waiting += `${line}\n`;
      if (waiting.length >= BUFFER_CHARS) flush();
    },
    close() {
      flush();
      closeSync(handle);
    },
  };
}
