import type { LogLine } from './line.ts';

/** Why a line could not become an entry. `too-long` comes from reading, the others from parsing. */
export const REJECT_CODES = ['too-long', 'not-this-format', 'bad-time', 'bad-json'] as const;
export type RejectCode = (typeof REJECT_CODES)[number];

/** A line that is no entry: data, counted and kept on request, never thrown. */
export interface Reject {
  readonly line: LogLine;
  readonly code: RejectCode;
}
