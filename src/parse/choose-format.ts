import type { LogLine } from '../model/line.ts';
import { apacheFormat } from './apache-format.ts';
import { AGENTS, COMMON, MIXED_FORMAT } from './apache-formats.ts';
import { FORMATS, findFormat } from './find-format.ts';
import { isReject, type LogFormat } from './format.ts';

/** A format, and how many of the lines it was chosen by it parses. */
export interface FormatChoice {
  readonly format: LogFormat;
  readonly matched: number;
  readonly total: number;
}

/** A format that fits lines which another does not. */
export interface FormatSuggestion {
  readonly format: LogFormat;
  /** It fits what comes after so many words: a prefix that syslog or a container runtime has put before each line. */
  readonly prefixWords: number;
}

/** Prefixes of syslog have five words, those with a structured head a few more. */
const MAX_PREFIX_WORDS = 12;

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

/** `mixed` also fits what habits add at the end of a line, and tells less of it. */
const SUGGESTED = [...FORMATS.filter((format) => format !== MIXED_FORMAT), ...HABITS, MIXED_FORMAT];

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

/**
 * The format, named or of those that administrators build most, that parses most of these lines, if it parses half; of
 * several that parse as many, a named one. Failing that, the named one of what comes after a prefix.
 */
export function suggestFormat(samples: readonly string[]): FormatSuggestion | null {
  const lines = samples.filter((text) => text.trim() !== '');
  for (let prefixWords = 0; prefixWords <= MAX_PREFIX_WORDS; prefixWords++) {
    const rests = lines.map((line) => withoutWords(line, prefixWords)).filter((rest) => rest !== '');
    const { format, matched } = bestOf(prefixWords === 0 ? SUGGESTED : FORMATS, rests);
    if (matched > 0 && matched * 2 >= lines.length) return { format, prefixWords };
  }
  return null;
}

/** Empty if there are no more words than those. */
function withoutWords(line: string, count: number): string {
  let at = 0;
  for (let words = 0; words < count; words++) {
    at = line.indexOf(' ', at);
    if (at < 0) return '';
    while (line.charAt(at) === ' ') at++;
  }
  return line.slice(at);
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
