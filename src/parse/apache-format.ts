import type { Slot } from './directives.ts';
import type { LogFormat } from './format.ts';
import { type Layout, parseLogFormat } from './layout.ts';
import { lineParser } from './line-parser.ts';
import { skimmer } from './skim.ts';

/** What each part of an entry is called in Sigma rules for web servers and proxies. */
const SIGMA_FIELDS: Readonly<Record<Slot, readonly string[]>> = {
  client: ['c-ip'],
  peer: ['c-ip'],
  user: ['cs-username'],
  time: ['date', 'time'],
  request: ['cs-method', 'c-uri', 'cs-uri-stem', 'cs-uri-query', 'c-uri-extension', 'cs-version', 'x-request'],
  method: ['cs-method'],
  path: ['c-uri', 'cs-uri-stem', 'c-uri-extension'],
  query: ['cs-uri-query'],
  target: ['c-uri', 'cs-uri-stem', 'cs-uri-query', 'c-uri-extension'],
  protocol: ['cs-version'],
  status: ['sc-status'],
  bytes: ['sc-bytes'],
  referer: ['cs-referer'],
  userAgent: ['cs-user-agent'],
  host: ['cs-host'],
  port: ['s-port'],
  duration: ['time-taken'],
};

/**
 * The format of a `LogFormat` string. With `openEnd`, lines may hold more than it says.
 * @throws SightlineError `bad-log-format`, also when it is opened
 */
export function apacheFormat(name: string, directive: string, openEnd = false): LogFormat {
  const layout = parseLogFormat(directive);
  return {
    name,
    directive,
    fields: fieldsOf(layout),
    open: (options) => lineParser(layout, openEnd, options),
    openSkimmer: () => (openEnd ? null : skimmer(layout)),
  };
}

function fieldsOf(layout: Layout): Set<string> {
  return new Set(
    layout.pieces.flatMap(({ meaning }) => [
      ...(meaning.slot === null ? [] : SIGMA_FIELDS[meaning.slot]),
      ...(meaning.extra === null ? [] : [meaning.extra]),
    ]),
  );
}
