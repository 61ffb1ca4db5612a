/** What people look at: progress, the summary, and the files of hits and rejects. */
export { hitLine, rejectLine } from './hit-line.ts';
export { type LineFile, openLineFile } from './line-file.ts';
export { NO_PROGRESS, openProgress, type Progress, plural } from './progress.ts';
export {
  type AttackerLine,
  adviseOnStrange,
  type BetterFormat,
  describeLook,
  type RunReport,
  summarise,
} from './summary.ts';
