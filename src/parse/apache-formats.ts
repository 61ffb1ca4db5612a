import { apacheFormat } from './apache-format.ts';
import { isReject, type LineParser, type LogFormat, rejectOf } from './format.ts';

export const COMMON = '%h %l %u %t "%r" %>s %b';
export const AGENTS = '"%{Referer}i" "%{User-Agent}i"';

/** The formats that Apache's own configuration files and Debian's define by these names, those that tell most first. */
const DIRECTIVES = {
  combinedio: `${COMMON} ${AGENTS} %I %O`,
  vhost_combined: `%v:%p %h %l %u %t "%r" %>s %O ${AGENTS}`,
  combined: `${COMMON} ${AGENTS}`,
  vhost_common: `%v:%p ${COMMON}`,
  common: COMMON,
} as const;

export const APACHE_FORMATS: readonly LogFormat[] = Object.entries(DIRECTIVES).map(([name, directive]) =>
  apacheFormat(name, directive),
);

/**
 * For files that several virtual hosts write in several formats, or with more at the end than combined has: each line is
 * read by the first that fits of vhost_combined and combined, with whatever comes after, vhost_common and common.
 */
export const MIXED_FORMAT: LogFormat = mixed([
  named('vhost_combined', true),
  named('combined', true),
  named('vhost_common'),
  named('common'),
]);

function named(name: keyof typeof DIRECTIVES, openEnd = false): LogFormat {
  return apacheFormat(name, DIRECTIVES[name], openEnd);
}

function mixed(formats: readonly LogFormat[]): LogFormat {
  return {
    name: 'mixed',
    directive: null,
    fields: new Set(formats.flatMap((format) => [...format.fields])),
    open: (options) => firstOf(formats.map((format) => format.open(options))),
    openSkimmer: () => null,
  };
}

/** At most one of them fits any line; the best that the others can say is that its time is bad. */
function firstOf(parsers: readonly LineParser[]): LineParser {
  return (line) => {
    let answer = rejectOf(line, 'not-this-format');
    for (const parse of parsers) {
      const result = parse(line);
      if (!isReject(result)) return result;
      if (result.code === 'bad-time') answer = result;
    }
    return answer;
  };
}
