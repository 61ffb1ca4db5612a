import type { MessagePort } from 'node:worker_threads';
import type { Hit } from '../../model/hit.ts';
import type { Reject } from '../../model/reject.ts';
import type { Glimpse } from '../../parse/parse.ts';
import type { Segment } from '../../read/read.ts';
import type { BatchPlan } from '../batch.ts';
import type { Detected } from '../detection.ts';

/** What whoever scans segments is told. */
export type SegmentPlan = Pick<BatchPlan, 'client' | 'read' | 'jsonFields' | 'sinceMs' | 'untilMs'>;

/** What a worker is told once, as it starts. */
export interface WorkerPlan extends SegmentPlan, Pick<BatchPlan, 'allow'> {
  readonly ruleFolders: readonly string[];
  /** By which it hears of segments and tells. */
  readonly port: MessagePort;
}

/** What a worker tells first: that it is ready for segments. Then it tells findings. */
export const READY = 'ready';

/** A segment of a source to be scanned; its bytes come back with the findings. */
export interface Task extends Omit<Segment, 'bytes'> {
  readonly source: string;
  /** As `findFormat` takes it. */
  readonly format: string;
  readonly buffer: ArrayBuffer;
  readonly length: number;
}

/** What came of the lines of a segment, which are numbered from 1 on. */
export interface Findings {
  readonly buffer: ArrayBuffer;
  /** Every line: the quiet ones, those told of one by one, and the skipped ones. */
  readonly lines: number;
  readonly skipped: number;
  readonly quiet: QuietRows;
  /** All other lines that are not skipped, in their order. */
  readonly told: readonly (ToldLine | Reject)[];
  /** Texts that a worker has not told before: they are numbered as they come, from 0 on when it begins anew. */
  readonly texts: readonly string[];
  readonly beginsAnew: boolean;
}

/** Quiet lines as rows of numbers, in their order. */
export interface QuietRows {
  readonly count: number;
  /** By row: {@link PLACES}. */
  readonly places: Int32Array<ArrayBuffer>;
  /** By row: {@link AMOUNTS}. */
  readonly amounts: Float64Array<ArrayBuffer>;
}

/** Number of the line, its place in the segment, and the texts that it has by their numbers, -1 for none. */
export const PLACES = { number: 0, from: 1, to: 2, client: 3, stem: 4, host: 5 } as const;
export const PLACES_WIDTH = Object.keys(PLACES).length;
/** Epoch ms, offset of the first byte in the source, bytes of the response. */
export const AMOUNTS = { time: 0, offset: 1, answered: 2 } as const;
export const AMOUNTS_WIDTH = Object.keys(AMOUNTS).length;

/** A line that was held against the rules. */
export interface ToldLine extends Glimpse, Pick<Detected, 'filtered'> {
  readonly hits: readonly ToldHit[];
}

export interface ToldHit extends Pick<Hit, 'match' | 'observables'> {
  /** Its id. */
  readonly rule: string;
}
