/** What is used of the package `tail`, which brings no types. */
declare module 'tail' {
  import type { EventEmitter } from 'node:events';
  import type { FSWatcher } from 'node:fs';

  export interface TailOptions {
    /** Null: chunks are given as they are read. */
    readonly separator: string | RegExp | null;
    readonly encoding: BufferEncoding;
    readonly follow: boolean;
    readonly useWatchFile: boolean;
    readonly fsWatchOptions: { readonly persistent: boolean; readonly interval: number };
  }

  /** Emits `line` with what was appended, and `error` with texts rather than errors. */
  export class Tail extends EventEmitter {
    /** @throws if the file is not there or cannot be watched. */
    constructor(path: string, options: TailOptions);
    /** There if fs.watch is used. */
    readonly watcher?: FSWatcher;
    unwatch(): void;
  }
}
