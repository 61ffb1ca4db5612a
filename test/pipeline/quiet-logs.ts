import fc from 'fast-check';
import { readRules } from '../../src/detect/detect.ts';
import { apacheTime, BROWSER, NOON } from '../support/logs.ts';

/** Rules and logs to hold the reading of lines by their bytes against the parsing of each. */

export const rule = (title: string, selection: string, more = 'level: high') =>
  `title: ${title}\nlogsource: {category: webserver}\ndetection: {it: {${selection}}, condition: it}\n${more}`;
const DOCUMENTS = [
  rule('Any', 'x-request|exists: true', 'name: any\nsightline: {alerts: false}'),
  rule('Request', 'cs-uri-query|contains: union'),
  rule('Agent', 'cs-user-agent|contains: evilbot'),
  rule('Referer', 'cs-referer|contains: evilsite'),
  rule('Status', 'sc-status: 418'),
  rule('Host', 'cs-host: bad.invalid'),
  rule('User', 'cs-username: mallory'),
  'title: Flood\nlevel: high\ncorrelation: {type: event_count, rules: [any], group-by: [c-ip], timespan: 1m, condition: {gte: 6}}',
];
export const rulesOf = (...more: readonly string[]) =>
  readRules([{ path: 'rules.yml', text: [...DOCUMENTS, ...more].join('\n---\n') }]);
export const RULES = rulesOf();
/** With one that looks at whole lines no line is quiet; it hits none. */
export const LOUD_RULES = rulesOf(rule('Never', '"x-line|contains": "what no line holds"'));
export const OFFICE = { name: 'office', cidrs: ['192.0.2.128/25'], paths: null, hosts: null, userAgents: null };

export interface Line {
  readonly client?: string;
  readonly user?: string;
  readonly host?: string;
  readonly seconds?: number;
  readonly request?: string;
  readonly status?: string;
  readonly bytes?: string;
  readonly referer?: string;
  readonly agent?: string;
}

export function write(format: string, line: Line): string {
  const { client = '192.0.2.1', user = '-', host = 'www.shop.test', seconds = 0, request = 'GET / HTTP/1.1' } = line;
  const { status = '200', bytes = '512', referer = '-', agent = BROWSER } = line;
  const common = `${client} - ${user} [${apacheTime(NOON + seconds * 1000)}] "${request}" ${status} ${bytes}`;
  const start = format.startsWith('vhost') ? `${host}:80 ${common}` : common;
  return format.endsWith('common') ? start : `${start} "${referer}" "${agent}"`;
}

const oneOf = (...values: readonly (string | undefined)[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.constantFrom(...values));
const anyLine = fc.record({
  client: fc.constantFrom('192.0.2.1', '192.0.2.200', '2001:db8::1', '2001:DB8:0::2', 'a!b'),
  user: oneOf('bob', 'mallory', 'a b', '""'),
  host: oneOf('-', 'B.test', 'bad.invalid'),
  pause: fc.constantFrom(0, 0, 1, 1, 1, 2, 5, 5, 5, -20, -100, 4000),
  request: oneOf(
    ...['/a', '/?q=union', 'http://bad.invalid/', 'http://b.test/a', '/\\x41'].map(
      (target) => `GET ${target} HTTP/1.1`,
    ),
    ...['-', '', 'CONNECT b.test:443 HTTP/1.1', 'POST /a HTTP/1.0', 'GET /"b" HTTP/1.1'],
  ),
  status: oneOf('304', '404', '418', '-', '2000'),
  bytes: oneOf('0', '-', '77', '9'.repeat(20)),
  referer: oneOf('http://evilsite/', 'http://www.example/', '\xe4'),
  agent: oneOf('evilbot', 'curl/8', '', 'a'.repeat(300)),
  form: oneOf('\n', '   \n', 'no line\n'),
});
export const anyLog = fc
  .record({
    format: fc.constantFrom('combined', 'common', 'vhost_combined'),
    start: fc.constantFrom('', '\xef\xbb\xbf'),
    end: fc.constantFrom('\n', '\r\n'),
    isCut: fc.boolean(),
    lines: fc.array(anyLine, { minLength: 1, maxLength: 40, size: 'max' }),
  })
  .map(({ format, start, end, isCut, lines }) => {
    let seconds = 0;
    const written = lines.map(({ pause, form, ...line }) => {
      seconds += pause;
      const facts = Object.fromEntries(Object.entries(line).filter(([, value]) => value !== undefined));
      return (form ?? '') + write(format, { ...facts, seconds }) + end;
    });
    const text = start + written.join('');
    return { format, bytes: Buffer.from(isCut ? text.trimEnd() : text, 'latin1') };
  });
