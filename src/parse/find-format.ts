import { SightlineError } from '../model/errors.ts';
import { apacheFormat } from './apache-format.ts';
import { APACHE_FORMATS, MIXED_FORMAT } from './apache-formats.ts';
import type { LogFormat } from './format.ts';
import { jsonFormat } from './json-format.ts';
import type { JsonMapping } from './json-keys.ts';

/** All named formats: of two that fit as many lines, the first is chosen. One of another kind is a file and a row here. */
export const FORMATS: readonly LogFormat[] = [...APACHE_FORMATS, jsonFormat({}), MIXED_FORMAT];

export const FORMAT_NAMES: readonly string[] = FORMATS.map((format) => format.name);

/**
 * The format of that name, or the one that a `LogFormat` string (anything with a `%`) describes. `mapping` adds keys to
 * the format `json` and means nothing to others.
 * @throws SightlineError `bad-log-format`
 */
export function findFormat(nameOrDirective: string, mapping: JsonMapping = {}): LogFormat {
  if (nameOrDirective.includes('%')) {
    const format = apacheFormat('custom', nameOrDirective);
    // Whatever is wrong with a format is said here, not when its first line comes.
    format.open({});
    return format;
  }
  if (nameOrDirective === 'json') return jsonFormat(mapping);
  const format = FORMATS.find(({ name }) => name === nameOrDirective);
  if (format !== undefined) return format;
  throw new SightlineError(
    'bad-log-format',
    `"${nameOrDirective}" is no log format: expected one of ${FORMAT_NAMES.join(', ')}, or a LogFormat string such as '%h %l %u %t "%r" %>s %b'`,
  );
}

/** What {@link findFormat} takes for this format. */
export function formatText({ name, directive }: LogFormat): string {
  return name === 'custom' && directive !== null ? directive : name;
}
