import type { Rule } from '../../model/rule.ts';
import { formatText, type LogFormat } from '../../parse/parse.ts';
import { type ExplainedLine, isUnreadable, type Unreadable } from './explain-line.ts';
import type { Feeding, WindowCount } from './feeding.ts';

/** A line with the correlations that it counts for. */
export interface Explained {
  readonly result: ExplainedLine | Unreadable;
  readonly feedings: readonly Feeding[];
}

/** All that is known of the lines, for `--json`. A line's `text` has one code unit for each byte. */
export function toObject(explained: readonly Explained[], windows: readonly WindowCount[], format: LogFormat): object {
  return {
    format: format.directive ?? format.name,
    lines: explained.map(({ result, feedings }) => {
      if (isUnreadable(result)) {
        const { line, code, better } = result;
        return {
          number: line.number,
          text: line.text,
          rejected: code,
          better: better === null ? null : formatText(better.format),
          ...(better !== null && better.prefixWords > 0 ? { prefix_words: better.prefixWords } : {}),
        };
      }
      const { entry, fields, rules, allowed } = result;
      const { line, time, ...facts } = entry;
      return {
        number: line.number,
        text: line.text,
        entry: { time: new Date(time).toISOString(), ...facts },
        fields,
        rules: rules.map(({ rule, ...rest }) => ({ ...nameOf(rule), ...rest })),
        allowed,
        correlations: feedings.map(({ correlation, ...rest }) => ({ ...nameOf(correlation.rule), ...rest })),
      };
    }),
    windows: windows.map(({ correlation, ...rest }) => {
      const { rule, type, condition, timespanMs } = correlation;
      return { ...nameOf(rule), type, condition, timespanMs, ...rest };
    }),
  };
}

function nameOf({ id, title, level, path }: Rule): object {
  return { id, title, level, path };
}
