import type { LogLine } from '../model/line.ts';
import { apacheFormat } from './apache-format.ts';
import { AGENTS, COMMON } from './apache-formats.ts';
import { FORMATS, findFormat } from './find-format.ts';
import { isReject, type LogFormat } from './format.ts';

/** A format, and how many of the lines it was chosen by it parses. */
export interface FormatChoice {
  readonly format: LogFormat;
  readonly matched: number;
  readonly total: number;
}

/** Formats that administrators build most, for the hint when none of the named ones fits. */
const HABITS = [
  `%{X-Forwarded-For}i %l %u %t "%r" %>s %b ${AGENTS}`,
  `%v ${COMMON} ${AGENTS}`,
  `%v ${COMMON}`,
  `${COMMON} ${AGENTS} %D`,
  `${COMMON} ${AGENTS} %T`,
  `${COMMON} ${AGENTS} %T %D`,
  `${COMMON} ${AGENTS} %v`,
  `${COMMON} ${AGENTS} "%{X-Forwarded-For}i"`,
  `%v:%p ${COMMON} ${AGENTS} %D`,
  `%{X-Forwarded-For}i %h %l %u %t "%r" %>s %b ${AGENTS}`,
  `%t %h "%r" %>s %b`,
].map((directive) => apacheFormat('custom', directive));

/**
 * The named format that parses most of a log's first lines; of several that parse as many, the one that tells most.
 * `combined` when none parses any.
 */
export function chooseFormat(head: readonly string[]): FormatChoice {
  const lines = head.filter((text) => text.trim() !== '');
  const best = bestOf(FORMATS, lines);
  return {
    format: best.matched > 0 ? best.format : findFormat('combined'),
    matched: best.matched,
    total: lines.length,
  };
}

/** The format, named or of those that administrators build most, that parses most of these lines, if it parses half. */
export function suggestFormat(samples: readonly string[]): LogFormat | null {
  const lines = samples.filter((text) => text.trim() !== '');
  const { format, matched } = bestOf([...HABITS, ...FORMATS], lines);
  return matched > 0 && matched * 2 >= lines.length ? format : null;
}

/** The first of those that parse most. */
function bestOf(formats: readonly LogFormat[], lines: readonly string[]): { format: LogFormat; matched: number } {
  const ranked = formats.map((format) => ({ format, matched: countParsed(format, lines) }));
  return ranked.reduce((best, other) => (other.matched > best.matched ? other : best));
}

function countParsed(format: LogFormat, lines: readonly string[]): number {
  const parse = format.open({});
  return lines.filter((text) => !isReject(parse(lineOf(text)))).length;
}

function lineOf(text: string): LogLine {
  return { source: '', number: 0, offset: 0, length: text.length, text };
}
