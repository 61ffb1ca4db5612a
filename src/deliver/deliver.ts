/** Parcels out, receipts back. A sink is one file in sinks/ and one row in SINKS. */
export { keepUndelivered } from './keep-undelivered.ts';
export type { Sink } from './sink.ts';
export { type CtiaSinkOptions, ctiaSink } from './sinks/ctia.ts';
export { type FileOptions, fileSink } from './sinks/file.ts';
export { type StdoutOptions, stdoutSink } from './sinks/stdout.ts';
export { SINKS, type SinkName } from './sinks.ts';
