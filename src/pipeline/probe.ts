import {
  chooseFormat,
  findFormat,
  isReject,
  type JsonMapping,
  type LineParser,
  type LogFormat,
} from '../parse/parse.ts';

/** The format that a log's first lines are of. */
export type FormatChooser = (head: readonly string[]) => LogFormat;

/** Gives a format once for all sources that have it, so that they are counted together. */
export function formatChooser(jsonFields: JsonMapping): FormatChooser {
  let json: LogFormat | null = null;
  return (head) => {
    const { format } = chooseFormat(head);
    if (format.name !== 'json') return format;
    json ??= findFormat('json', jsonFields);
    return json;
  };
}

/** Event time of the first line that parses, -Infinity when none does. */
export function firstTime(head: readonly string[], parse: LineParser): number {
  for (const text of head) {
    const entry = parse({ source: '', number: 0, offset: 0, length: text.length, text });
    if (!isReject(entry)) return entry.time;
  }
  return Number.NEGATIVE_INFINITY;
}
