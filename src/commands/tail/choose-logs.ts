import type { ApacheLog, ApacheServer } from '../../apache/apache.ts';
import { type Fault, SightlineError } from '../../model/errors.ts';
import { findFormat, type LogFormat } from '../../parse/parse.ts';

/** A log to follow: who writes to it, and how. */
export interface ChosenLog {
  readonly pattern: string;
  readonly formats: ReadonlySet<LogFormat>;
  readonly servers: ReadonlySet<ApacheServer>;
}

interface ReadableLog {
  readonly log: ApacheLog;
  readonly pattern: string;
  readonly format: LogFormat;
  readonly server: ApacheServer;
}

/**
 * Of each server the log that tells most, since its other logs tell of the same requests; those that are written for
 * some of the requests only where there is no other. What a server shares with others counts more than what it tells,
 * so that no request is read twice.
 */
export function chooseLogs(servers: readonly ApacheServer[]): { chosen: ChosenLog[]; warnings: Fault[] } {
  const warnings = new Map<string, Fault>();
  const formats = new Map<string, LogFormat | null>();

  /** Once for each place: a log of the main server is met again with every virtual host. */
  function warn({ place }: ApacheLog, message: string): void {
    warnings.set(JSON.stringify([place, message]), { ...place, message });
  }

  function formatOf(log: ApacheLog): LogFormat | null {
    const known = formats.get(log.format);
    if (known !== undefined) return known;
    let format: LogFormat | null = null;
    try {
      format = findFormat(log.format);
    } catch (error) {
      if (!(error instanceof SightlineError)) throw error;
      warn(log, `${log.pattern} is not followed: ${error.message}`);
    }
    formats.set(log.format, format);
    return format;
  }

  function read(server: ApacheServer): ReadableLog[] {
    return server.logs.flatMap((log) => {
      const { pattern, piped } = log;
      if (pattern === null) {
        warn(log, piped === null ? 'this is no file to follow' : `nobody can tell what "${piped}" writes`);
        return [];
      }
      const format = formatOf(log);
      return format === null ? [] : [{ log, pattern, format, server }];
    });
  }

  const all = servers.map(read);
  const wanted = new Set<string>();
  const candidates = all.map((logs) => ({ logs, whole: logs.filter(({ log }) => !log.conditional) }));
  // Who has no choice goes first.
  for (const { logs, whole } of candidates.sort((a, b) => a.whole.length - b.whole.length)) {
    if (whole.length === 0) for (const { pattern } of logs) wanted.add(pattern);
    else if (!whole.some(({ pattern }) => wanted.has(pattern))) wanted.add(whole.reduce(tellingMore).pattern);
  }
  const chosen = new Map(
    [...wanted].map((pattern) => [
      pattern,
      { pattern, formats: new Set<LogFormat>(), servers: new Set<ApacheServer>() },
    ]),
  );
  for (const { log, pattern, format, server } of all.flat()) {
    const one = chosen.get(pattern);
    one?.formats.add(format);
    one?.servers.add(server);
    if (one === undefined) warn(log, `${pattern} is not followed: another log tells of the same requests`);
  }
  return { chosen: [...chosen.values()], warnings: [...warnings.values()] };
}

/** Of equal ones the first. */
function tellingMore(a: ReadableLog, b: ReadableLog): ReadableLog {
  return b.format.fields.size > a.format.fields.size ? b : a;
}
