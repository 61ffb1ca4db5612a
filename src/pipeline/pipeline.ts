/** The beam: how the stages are joined for a batch run and for a live run. */
export { type ApartPlan, type BatchPlan, type BatchResult, runBatch } from './batch.ts';
export {
  type Committed,
  type FileHooks,
  LIVE_BOUNDS,
  type Live,
  type LiveBounds,
  type LivePlan,
  type LiveStages,
  openLive,
} from './live.ts';
export { type FormatChooser, firstTime, formatChooser } from './probe.ts';
export type { ScanPlan } from './scan.ts';
export { STRAY_LINES } from './strays.ts';
