import type { AccessLogEntry } from '../../src/model/entry.ts';
import type { LogLine } from '../../src/model/line.ts';
import type { Reject } from '../../src/model/reject.ts';
import { type ClientOptions, findFormat, type JsonMapping, parser } from '../../src/parse/parse.ts';

/** The line that holds these characters in UTF-8. */
export function lineOf(text: string): LogLine {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  return { source: 'access.log', number: 1, offset: 0, length: bytes.length, text: bytes };
}

interface Options extends ClientOptions {
  readonly mapping?: JsonMapping;
}

/** What a line of a format says, without the line itself; the code, when it is rejected. */
export function parsed(format: string, text: string, { mapping = {}, ...client }: Options = {}) {
  const result = parser({ format: findFormat(format, mapping), ...client })(lineOf(text));
  return summary(result);
}

export function summary(result: AccessLogEntry | Reject): Omit<AccessLogEntry, 'line'> | Reject['code'] {
  if ('code' in result) return result.code;
  const { line: _, ...entry } = result;
  return entry;
}

/** What Apache's `ap_escape_logitem` does to a value that it logs, written from its description. */
export function escapeAsApache(text: string): string {
  const named: Readonly<Record<number, string>> = {
    8: '\\b',
    9: '\\t',
    10: '\\n',
    11: '\\v',
    13: '\\r',
    34: '\\"',
    92: '\\\\',
  };
  return Array.from(Buffer.from(text, 'utf8'), (byte) => {
    if (named[byte] !== undefined) return named[byte];
    return byte < 0x20 || byte > 0x7e ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte);
  }).join('');
}
