import { apacheFormat } from './apache-format.ts';
import { isReject, type LineParser, type LogFormat, rejectOf } from './format.ts';

const COMMON = '%h %l %u %t "%r" %>s %b';
const AGENTS = '"%{Referer}i" "%{User-Agent}i"';

/** The formats that Apache's own configuration files and Debian's define by these names, those that tell most first. */
export const APACHE_FORMATS: readonly LogFormat[] = [
  apacheFormat('combinedio', `${COMMON} ${AGENTS} %I %O`),
  apacheFormat('vhost_combined', `%v:%p %h %l %u %t "%r" %>s %O ${AGENTS}`),
  apacheFormat('combined', `${COMMON} ${AGENTS}`),
  apacheFormat('vhost_common', `%v:%p ${COMMON}`),
  apacheFormat('common', COMMON),
];

/**
 * For files that several virtual hosts write in several formats, or with more at the end than combined has: each line is
 * read by the first that fits of vhost_combined and combined, with whatever comes after, vhost_common and common.
 */
export const MIXED_FORMAT: LogFormat = mixed([
  apacheFormat('vhost_combined', `%v:%p %h %l %u %t "%r" %>s %O ${AGENTS}`, true),
  apacheFormat('combined', `${COMMON} ${AGENTS}`, true),
  apacheFormat('vhost_common', `%v:%p ${COMMON}`),
  apacheFormat('common', COMMON),
]);

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
