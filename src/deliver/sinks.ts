import { ctiaSink } from './sinks/ctia.ts';
import { fileSink } from './sinks/file.ts';
import { stdoutSink } from './sinks/stdout.ts';

/** Every sink, by name. */
export const SINKS = { stdout: stdoutSink, file: fileSink, ctia: ctiaSink } as const;
export type SinkName = keyof typeof SINKS;
