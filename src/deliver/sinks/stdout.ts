import type { Writable } from 'node:stream';
import { SightlineError } from '../../model/errors.ts';
import { bundleWriter } from '../bundle-writer.ts';
import { delivered, type Sink, undelivered } from '../sink.ts';

export interface StdoutOptions {
  /** Standard output, or another stream that somebody else closes. */
  readonly output: Writable;
  /** Indented, for reading. Default false: one bundle a line. */
  readonly pretty?: boolean;
}

/** What a stream fails with when its reader has gone. */
const CLOSED = new Set(['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);

/** Prints bundles. A reader that has gone (`| head`) is the error `output-closed`, upon which a program ends quietly. */
export function stdoutSink({ output, pretty = false }: StdoutOptions): Sink {
  // Every write reports its failure; without a listener the stream's own report of it would end the process.
  const ignore = (): void => {};
  output.on('error', ignore);
  const write = bundleWriter(output, pretty);
  return {
    name: 'stdout',
    async send(parcel) {
      const failure = await write(parcel);
      if (failure === null) return delivered(parcel);
      if (CLOSED.has(failure.code ?? '')) {
        throw new SightlineError('output-closed', 'nobody reads the output any more', { cause: failure });
      }
      return undelivered(parcel, `cannot write to the output: ${failure.message}`);
    },
    async close() {},
  };
}
