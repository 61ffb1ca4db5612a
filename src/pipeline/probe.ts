import {
  chooseFormat,
  type FormatChoice,
  findFormat,
  isReject,
  type JsonMapping,
  type LineParser,
  type LogFormat,
} from '../parse/parse.ts';

/** The format that most of a log's first lines are of, and how many are. */
export type FormatChooser = (head: readonly string[]) => Pick<FormatChoice, 'format' | 'matched'>;

/** Gives a format once for all sources that have it, so that they are counted together. */
export function formatChooser(jsonFields: JsonMapping): FormatChooser {
  let json: LogFormat | null = null;
  return (head) => {
    const choice = chooseFormat(head);
    if (choice.format.name !== 'json') return choice;
    json ??= findFormat('json', jsonFields);
    return { ...choice, format: json };
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
