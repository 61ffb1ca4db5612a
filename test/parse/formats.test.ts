import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMAT_NAMES, findFormat, isReject, parser } from '../../src/parse/parse.ts';
import { escapeAsApache, lineOf, summary } from './support.ts';

/** What a request was, before any format has told it. */
interface Facts {
  readonly client: string;
  readonly user: string | null;
  readonly time: number;
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly bytes: number;
  readonly referer: string | null;
  readonly userAgent: string | null;
  readonly host: string;
  readonly port: number;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const two = (value: number) => String(value).padStart(2, '0');
const quoted = (value: string | null) => `"${value === null ? '-' : escapeAsApache(value)}"`;

function stamp(ms: number): string {
  const at = new Date(ms);
  const clock = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join(':');
  return `[${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}:${clock} +0000]`;
}

const common = (f: Facts) =>
  `${f.client} - ${f.user === null ? '-' : escapeAsApache(f.user)} ${stamp(f.time)} ${quoted(`${f.method} ${f.target} HTTP/1.1`)} ${f.status} ${f.bytes === 0 ? '-' : f.bytes}`;
const combined = (f: Facts) => `${common(f)} ${quoted(f.referer)} ${quoted(f.userAgent)}`;
const json = (f: Facts) =>
  JSON.stringify({
    '@timestamp': new Date(f.time).toISOString(),
    source: { ip: f.client },
    user: { name: f.user },
    http: {
      version: '1.1',
      request: { method: f.method, referrer: f.referer },
      response: { status_code: f.status, 'body.bytes': f.bytes },
    },
    'url.original': f.target,
    user_agent: { original: f.userAgent },
    url: { domain: f.host, port: f.port },
  });

/** How each named format writes a request down. A new format needs a row here, and gets all tests below. */
const WRITERS: Readonly<Record<string, (facts: Facts) => string>> = {
  common,
  combined,
  vhost_common: (f) => `${f.host}:${f.port} ${common(f)}`,
  vhost_combined: (f) => `${f.host}:${f.port} ${combined(f)}`,
  combinedio: (f) => `${combined(f)} 321 654`,
  json,
  mixed: combined,
};

/** Which parts of a request each field of a format tells. */
const TOLD: readonly [field: string, parts: readonly (keyof Facts)[]][] = [
  ['c-ip', ['client']],
  ['cs-username', ['user']],
  ['date', ['time']],
  ['cs-method', ['method']],
  ['c-uri', ['target']],
  ['sc-status', ['status']],
  ['sc-bytes', ['bytes']],
  ['cs-referer', ['referer']],
  ['cs-user-agent', ['userAgent']],
  ['cs-host', ['host']],
  ['s-port', ['port']],
];

const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => value !== '-' && value !== '');
const word = text.map((value) => value.replaceAll(/\s/gu, '')).filter((value) => value !== '' && value !== '-');
const facts: fc.Arbitrary<Facts> = fc.record({
  client: fc.oneof(fc.ipV4(), fc.constantFrom('2001:db8::1', '::1', 'host.example.org')),
  user: fc.option(text),
  time: fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) / 1000 }).map((seconds) => seconds * 1000),
  method: fc.constantFrom('GET', 'POST', 'PROPFIND', 'M-SEARCH'),
  target: word.map((value) => `/${value}`),
  status: fc.integer({ min: 100, max: 599 }),
  bytes: fc.nat(),
  referer: fc.option(text),
  userAgent: fc.option(text),
  host: fc.constantFrom('www.example.org', 'localhost', 'shop-1.example'),
  port: fc.integer({ min: 1, max: 65535 }),
});

describe.each(FORMAT_NAMES)('format %s', (name) => {
  const format = findFormat(name);
  const parse = parser({ format });
  const write = WRITERS[name] as (facts: Facts) => string;

  it('has a writer in this file', () => {
    expect(write).toBeTypeOf('function');
  });

  it('reads back what was written, whatever the client sent', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const entry = summary(parse(lineOf(write(given))));
        // `mixed` is written here as combined, which tells nothing of the host.
        const told = TOLD.filter(
          ([field]) => format.fields.has(field) && !(name === 'mixed' && /host|port/.test(field)),
        );
        const expected = Object.fromEntries(told.flatMap(([, parts]) => parts.map((part) => [part, given[part]])));
        expect(entry).toMatchObject(expected);
      }),
    );
  });

  it.each(['""', '"', 'a "b"'])('reads back the user %s', (user) => {
    const given: Facts = {
      ...{ client: '192.0.2.1', user, time: 0, method: 'GET', target: '/', status: 200, bytes: 1 },
      ...{ referer: null, userAgent: null, host: 'localhost', port: 80 },
    };
    expect(summary(parse(lineOf(write(given))))).toMatchObject({ user });
  });

  it('never throws, and says of any bytes either what they mean or why not', () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((value) => Buffer.from(value).toString('latin1'));
    const likely = fc
      .tuple(facts, fc.nat(), bytes)
      .map(([given, at, junk]) => write(given).slice(0, at % 200) + junk + write(given).slice(at % 200));
    fc.assert(
      fc.property(fc.oneof(bytes, likely), (content) => {
        const line = { ...lineOf(''), text: Buffer.from(content, 'latin1').toString('latin1') };
        const result = parse(line);
        if (isReject(result)) expect(['not-this-format', 'bad-time', 'bad-json']).toContain(result.code);
        else expect(Number.isFinite(result.time)).toBe(true);
        expect(result.line).toBe(line);
      }),
    );
  });

  it('says the same of a line whatever came before it', () => {
    fc.assert(
      fc.property(facts, facts, (before, given) => {
        const fresh = parser({ format })(lineOf(write(given)));
        parse(lineOf(write(before)));
        expect(parse(lineOf(write(given)))).toEqual(fresh);
      }),
    );
  });
});
