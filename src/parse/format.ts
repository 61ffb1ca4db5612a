import type { AccessLogEntry } from '../model/entry.ts';
import type { LogLine } from '../model/line.ts';
import type { Reject, RejectCode } from '../model/reject.ts';
import type { ClientOptions } from './client.ts';
import type { Skimmer } from './skim.ts';

/** Turns a line into what it says; never throws. Not to be called while one of its calls runs. */
export type LineParser = (line: LogLine) => AccessLogEntry | Reject;

/** A form that log lines have. */
export interface LogFormat {
  /** One of the known names, or `custom`. */
  readonly name: string;
  /** The `LogFormat` string; null where lines are not described by one. */
  readonly directive: string | null;
  /** The Sigma fields that its lines can carry. */
  readonly fields: ReadonlySet<string>;
  /** @throws SightlineError `bad-cidr` for a bad trusted proxy. */
  readonly open: (options: ClientOptions) => LineParser;
  /** Gives null for a format whose lines cannot be skimmed. */
  readonly openSkimmer: () => Skimmer | null;
}

export function rejectOf(line: LogLine, code: RejectCode): Reject {
  return { line, code };
}

export function isReject(result: AccessLogEntry | Reject): result is Reject {
  return 'code' in result;
}
