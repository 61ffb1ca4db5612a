export { findSources, type Source } from './find-sources.ts';
export { type Feed, interleave } from './interleave.ts';
export { DEFAULT_MAX_LINE_BYTES, type OpenSource, openSource, type ReadOptions, type Shape } from './open-source.ts';
export type { SourceFault, SourceFaultCode } from './source-fault.ts';
