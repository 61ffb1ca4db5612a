export type { Segment } from './cut-segments.ts';
export { expand, findSources, type Source } from './find-sources.ts';
export type { FollowLedger } from './follow/chunk-lines.ts';
export type {
  FollowedFile,
  FollowNotice,
  FollowNoticeCode,
  WholeFile,
} from './follow/followed-file.ts';
export { type FollowClock, type Follower, type FollowOptions, openFollower } from './follow/follower.ts';
export type { NoticeMode } from './follow/noticer.ts';
export type { FilePosition, Fingerprint, PartPosition, StoredFormat } from './follow/position.ts';
export { openWholeFiles, type WholeOptions } from './follow/whole-files.ts';
export { type Feed, interleave } from './interleave.ts';
export { DEFAULT_MAX_LINE_BYTES, type OpenSource, openSource, type ReadOptions, type Shape } from './open-source.ts';
export type { SourceFault, SourceFaultCode } from './source-fault.ts';
export { type LineTaker, takeSegment } from './take-lines.ts';
