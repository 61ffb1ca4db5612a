import type { AccessLogEntry } from '../../model/entry.ts';
import type { Subject, Value } from '../view/subject.ts';

/** Parts of an entry as the prefilter scans them: bits. */
export const Zone = {
  /** The request line without its target. */
  REQUEST: 1,
  /** The target after its first `?`. */
  QUERY: 2,
  REFERER: 4,
  REFERER_QUERY: 8,
  AGENT: 16,
  /** Host, user and logged headers. */
  OTHER: 32,
  LINE: 64,
  /** The target up to its first `?`. */
  STEM: 128,
  /** What separates the pieces of a target as logged: its first `?`, and `&` after it. */
  GLUE: 256,
} as const;

/** The parts of an entry that recur from line to line; all else that a field may show differs on each. */
export type PartName = 'request' | 'referer' | 'agent';

/** A field that a selection may name. */
export interface Field {
  /** Sigma's name in lower case. */
  readonly name: string;
  readonly kind: 'text' | 'number' | 'address';
  /** The value for grouping, counting, null and comparisons: null when the log does not hold it. */
  readonly scalar: (entry: AccessLogEntry) => string | number | null;
  /** All that text items look at; empty when the log does not hold it. */
  readonly values: (subject: Subject) => readonly Value[];
  /**
   * Which of the prefilter's texts hold each of the field's texts, in the same view ({@link Zone}, added up). 0 for what it
   * does not scan: numbers, addresses in canonical form, the request's parts that stand outside the target.
   */
  readonly zones: number;
  /** The one part that alone decides what the field shows; null for several, and for what does not recur. */
  readonly part: PartName | null;
  /** Whether each of its texts is a name or value of a query, a path or an agent. */
  readonly isApart: boolean;
  /** What stands before and after the field's text there; empty when that differs. */
  readonly before: string;
  readonly after: string;
  /** The LogFormat directives that log it, best first; empty for what every line has. */
  readonly directives: readonly string[];
}
