import {
  CORRELATOR_DEFAULTS,
  type Correlator,
  type CorrelatorOptions,
  correlator,
} from '../../src/correlate/correlate.ts';
import type { CorrelationRule } from '../../src/model/correlation.ts';
import type { AccessLogEntry } from '../../src/model/entry.ts';
import type { Hit } from '../../src/model/hit.ts';
import type { Incident } from '../../src/model/incident.ts';
import type { LogLine } from '../../src/model/line.ts';
import type { Rule } from '../../src/model/rule.ts';

/** A Monday, 12:00 UTC: the start of an hour, a day's half and a 5-minute bucket. */
export const NOON = Date.UTC(2025, 2, 3, 12);
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

export function makeRule(id: string, facts: Partial<Rule> = {}): Rule {
  return {
    id,
    name: id,
    title: `Rule ${id}`,
    kind: 'detection',
    level: 'medium',
    status: null,
    description: null,
    author: null,
    license: null,
    references: [],
    tags: [],
    techniques: [],
    tactics: [],
    falsepositives: [],
    alerts: true,
    path: `${id}.yml`,
    ...facts,
  };
}

type CorrelationFacts = Partial<Omit<CorrelationRule, 'rule'>> & Pick<CorrelationRule, 'type' | 'rules'>;

export function makeCorrelation(id: string, facts: CorrelationFacts, rule: Partial<Rule> = {}): CorrelationRule {
  return {
    rule: makeRule(id, { kind: 'correlation', level: 'high', ...rule }),
    groupBy: ['c-ip'],
    timespanMs: 10 * SECOND,
    condition: [],
    fields: [],
    percentile: null,
    resets: [],
    aliases: {},
    generate: false,
    ...facts,
  };
}

let lineNumber = 0;

/** A request; `seconds` after noon. The line's text tells what the entry says. */
export function makeEntry(seconds: number, facts: Partial<AccessLogEntry> = {}): AccessLogEntry {
  const time = NOON + seconds * SECOND;
  const known = {
    client: '192.0.2.1',
    target: '/login',
    status: 401,
    bytes: 10,
    user: null,
    userAgent: 'curl/8',
    ...facts,
  };
  const text = [known.client, time, known.target, known.status, known.bytes, known.user, known.userAgent].join(' ');
  lineNumber++;
  return {
    line: { source: 'access.log', number: lineNumber, offset: lineNumber * 100, length: text.length, text },
    time,
    peer: null,
    request: `GET ${known.target} HTTP/1.1`,
    method: 'GET',
    stem: known.target,
    query: null,
    protocol: 'HTTP/1.1',
    referer: null,
    host: null,
    port: null,
    durationMs: null,
    extra: null,
    ...known,
  };
}

/** The entry of a line that {@link makeEntry} made of the facts that the line tells. */
export function readEntry(line: LogLine): AccessLogEntry {
  const [client = '', time, target = '', status, bytes, user = '', userAgent = ''] = line.text.split(' ');
  const facts = { client, target, stem: target, status: Number(status), bytes: Number(bytes), userAgent };
  return { ...makeEntry((Number(time) - NOON) / SECOND, { ...facts, user: user === '' ? null : user }), line };
}

export function makeHit(rule: Rule, entry: AccessLogEntry, facts: Partial<Hit> = {}): Hit {
  return { rule, entry, match: { field: 'c-uri', view: 'raw', text: entry.target ?? '' }, observables: [], ...facts };
}

export function fieldValue(entry: AccessLogEntry, field: string): string | number | null {
  switch (field) {
    case 'c-ip':
    case 'src_ip':
      return entry.client === '' ? null : entry.client;
    case 'cs-username':
      return entry.user;
    case 'cs-uri-stem':
      return entry.stem;
    case 'sc-status':
      return entry.status;
    case 'sc-bytes':
      return entry.bytes;
    default:
      return entry.extra?.[field] ?? null;
  }
}

export function makeCorrelator(options: Partial<CorrelatorOptions> = {}): Correlator {
  return correlator({ ...CORRELATOR_DEFAULTS, correlations: [], fieldValue, ...options });
}

/** Everything that comes out of `lines`, each the hits of one line, of one source read in this order. */
export function runAll(
  lines: readonly (readonly Hit[])[],
  options: Partial<CorrelatorOptions> = {},
): { hits: Hit[]; incidents: Incident[]; stage: Correlator } {
  const stage = makeCorrelator(options);
  let clock = Number.NEGATIVE_INFINITY;
  for (const hits of lines) {
    clock = Math.max(clock, hits[0]?.entry.time ?? clock);
    stage.take(hits, clock);
  }
  const { hits, incidents } = stage.end();
  return { hits: [...hits], incidents: [...incidents], stage };
}
