import { formatText, type LogFormat } from '../../parse/parse.ts';
import { STRAY_LINES } from '../../pipeline/pipeline.ts';

/** What an operator is told when the lines of a log are not of its format, and what to do. */
export function describeStrays(source: string, format: LogFormat | null): string {
  const found = `${STRAY_LINES} lines in a row of ${source} are not of the format that it is read in`;
  return format === null
    ? `${found}, nor of one that can be told: set logs.format, or --log-format, to the LogFormat of the server`
    : `${found}: from the first of them on it is read as ${formatText(format)}`;
}
