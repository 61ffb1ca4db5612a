import type { AccessLogEntry } from '../../model/entry.ts';
import type { Subject, Value } from '../view/subject.ts';
import { plainText, type Text } from '../view/text.ts';
import { type Field, Zone } from './field.ts';
import { EDGE } from './rarity.ts';

/**
 * Every field that a selection may name, with its other names. Sigma's names are from its taxonomy of web servers and
 * proxies; the `x-` fields are Sightline's own. Long for being a table.
 */

type Row = Pick<Field, 'name' | 'scalar'> & Partial<Field>;

/** What is true of the whole target, or may be true of any part of it. */
const TARGET = Zone.STEM | Zone.QUERY | Zone.GLUE;

function textField(row: Row & Pick<Field, 'values'>): Field {
  return {
    kind: 'text',
    zones: TARGET,
    part: 'request',
    isApart: false,
    before: '',
    after: '',
    directives: ['%r'],
    ...row,
  };
}

/** A text that is scanned as a whole. */
function wholeField(row: Row & Pick<Field, 'values'>): Field {
  return textField({ zones: Zone.OTHER, part: null, before: EDGE, after: EDGE, ...row });
}

/** A value that is compared as the entry has it, never decoded. */
function literalField(row: Row): Field {
  const values = ({ entry }: Subject): readonly Value[] => {
    const value = row.scalar(entry);
    return value === null ? [] : [[plainText(String(value))]];
  };
  return textField({ part: null, ...row, zones: 0, values });
}

function one(...texts: readonly (Text | null)[]): readonly Value[] {
  const present = texts.filter((text) => text !== null);
  return present.length === 0 ? [] : [present];
}

function each(texts: readonly Text[]): readonly Value[] {
  return texts.map((text) => [text]);
}

/** Everything that a client sends and that code may interpret, each part apart. */
function inputsOf({ stem, userAgent, parameters, refererParameters }: Subject): readonly Value[] {
  const { names, values } = parameters;
  return [
    ...one(stem),
    ...each(names),
    ...each(values),
    ...each(refererParameters.values),
    ...each(refererParameters.bare),
    ...one(userAgent),
  ];
}

function extensionOf({ stem }: AccessLogEntry): string | null {
  const file = stem?.slice(stem.lastIndexOf('/') + 1) ?? '';
  const dot = file.lastIndexOf('.');
  return dot < 0 ? null : file.slice(dot + 1);
}

/**
 * The path with each number, and each name of eight or more hexadecimal digits among which one is a number's, written `0`:
 * pages that are only counted up have one shape.
 */
function shapeOf({ stem }: AccessLogEntry): string | null {
  const unnamed = stem?.replace(/[\da-f-]{8,}/gi, (name) => (/\d/.test(name) ? '0' : name));
  return unnamed?.replace(/\d+/g, '0') ?? null;
}

function numberOf(text: string | undefined): number | null {
  return text === undefined || text.trim() === '' || Number.isNaN(Number(text)) ? null : Number(text);
}

const ROWS: readonly Field[] = [
  literalField({ name: 'c-ip', kind: 'address', scalar: (entry) => entry.client, directives: ['%h', '%a'] }),
  literalField({ name: 'x-peer', kind: 'address', scalar: (entry) => entry.peer, directives: ['%{c}a'] }),
  wholeField({ name: 'cs-username', scalar: (entry) => entry.user, values: (s) => one(s.user), directives: ['%u'] }),
  literalField({ name: 'cs-method', part: 'request', scalar: (entry) => entry.method, directives: ['%r', '%m'] }),
  textField({
    name: 'c-uri',
    scalar: (entry) => entry.target,
    values: (s) => one(s.target, s.absoluteTarget),
    directives: ['%r', '%U%q'],
  }),
  textField({
    name: 'cs-uri-stem',
    scalar: (entry) => entry.stem,
    values: (s) => one(s.stem),
    zones: Zone.STEM,
    directives: ['%r', '%U'],
  }),
  // Most rules look for the path here: the field shows the whole target as well, but is null where there is no query.
  textField({
    name: 'cs-uri-query',
    scalar: (entry) => entry.query,
    values: (s) => one(s.target, s.query),
    directives: ['%r', '%q'],
  }),
  textField({
    name: 'c-uri-extension',
    scalar: extensionOf,
    values: (s) => one(s.extension),
    zones: Zone.STEM,
    before: '.',
    directives: ['%r', '%U'],
  }),
  literalField({ name: 'cs-version', part: 'request', scalar: (entry) => entry.protocol, directives: ['%r', '%H'] }),
  literalField({ name: 'sc-status', kind: 'number', scalar: (entry) => entry.status, directives: ['%>s'] }),
  literalField({ name: 'sc-bytes', kind: 'number', scalar: (entry) => entry.bytes, directives: ['%b', '%B', '%O'] }),
  literalField({
    name: 'cs-bytes',
    kind: 'number',
    scalar: (entry) => numberOf(entry.extra?.['cs-bytes']),
    directives: ['%I'],
  }),
  wholeField({
    name: 'cs-referer',
    scalar: (entry) => entry.referer,
    values: (s) => one(s.referer),
    zones: Zone.REFERER | Zone.REFERER_QUERY,
    part: 'referer',
    directives: ['%{Referer}i'],
  }),
  wholeField({
    name: 'cs-user-agent',
    scalar: (entry) => entry.userAgent,
    values: (s) => one(s.userAgent),
    zones: Zone.AGENT,
    part: 'agent',
    directives: ['%{User-Agent}i'],
  }),
  wholeField({
    name: 'cs-host',
    scalar: (entry) => entry.host,
    values: (s) => one(s.host),
    directives: ['%v', '%{Host}i'],
  }),
  literalField({ name: 's-port', kind: 'number', scalar: (entry) => entry.port, directives: ['%p'] }),
  literalField({ name: 'time-taken', kind: 'number', scalar: (entry) => entry.durationMs, directives: ['%D', '%T'] }),
  textField({
    name: 'x-query-name',
    isApart: true,
    scalar: (entry) => entry.query,
    values: (s) => each(s.parameters.names),
    zones: Zone.QUERY,
    directives: ['%r', '%q'],
  }),
  textField({
    name: 'x-query-value',
    isApart: true,
    scalar: (entry) => entry.query,
    values: (s) => each(s.parameters.values),
    zones: Zone.QUERY,
    before: '=',
    directives: ['%r', '%q'],
  }),
  wholeField({
    name: 'x-request',
    scalar: (entry) => entry.request,
    values: (s) => one(s.request),
    zones: Zone.REQUEST | TARGET,
    part: 'request',
    directives: ['%r'],
  }),
  textField({
    name: 'x-path-segment',
    scalar: (entry) => entry.stem,
    values: (s) => each(s.segments),
    zones: Zone.STEM,
    directives: ['%r', '%U'],
  }),
  literalField({ name: 'x-path-shape', part: 'request', scalar: shapeOf, directives: ['%r', '%U'] }),
  textField({
    name: 'x-input',
    isApart: true,
    scalar: (entry) => entry.target ?? entry.userAgent,
    values: inputsOf,
    zones: Zone.STEM | Zone.QUERY | Zone.REFERER_QUERY | Zone.AGENT,
    part: null,
  }),
  ...['x-line', 'keywords'].map((name) =>
    wholeField({
      name,
      scalar: (entry) => entry.line.text,
      values: (s) => one(s.line),
      zones: Zone.LINE,
      directives: [],
    }),
  ),
];

/** Other names of the same fields: Sigma's proxy taxonomy, W3C, ECS. */
const ALIASES: Readonly<Record<string, string>> = {
  src_ip: 'c-ip',
  'source.ip': 'c-ip',
  'source.address': 'c-ip',
  'client.ip': 'c-ip',
  'user.name': 'cs-username',
  'http.request.method': 'cs-method',
  'cs-uri': 'c-uri',
  'url.original': 'c-uri',
  'url.full': 'c-uri',
  'c-uri-stem': 'cs-uri-stem',
  'url.path': 'cs-uri-stem',
  'c-uri-query': 'cs-uri-query',
  'url.query': 'cs-uri-query',
  'url.extension': 'c-uri-extension',
  'http.version': 'cs-version',
  'http.response.status_code': 'sc-status',
  'http.response.body.bytes': 'sc-bytes',
  'http.response.bytes': 'sc-bytes',
  'http.request.bytes': 'cs-bytes',
  'cs-referrer': 'cs-referer',
  'http.request.referrer': 'cs-referer',
  'c-useragent': 'cs-user-agent',
  'user_agent.original': 'cs-user-agent',
  'r-dns': 'cs-host',
  's-sitename': 'cs-host',
  'url.domain': 'cs-host',
  'destination.domain': 'cs-host',
  'destination.port': 's-port',
  'url.port': 's-port',
  'server.port': 's-port',
  dst_ip: 's-ip',
  'destination.ip': 's-ip',
  'server.ip': 's-ip',
  'http.request.mime_type': 'cs-content-type',
};

/** Values that an entry holds under a name of their own. */
const EXTRA_DIRECTIVES: Readonly<Record<string, string>> = {
  's-ip': '%A',
  'cs-cookie': '%{Cookie}i',
  'cs-content-type': '%{Content-Type}i',
};

const FIELDS = new Map(ROWS.map((field) => [field.name, field]));

/** Every name that a selection may use without naming a logged header. */
export const FIELD_NAMES: readonly string[] = [
  ...FIELDS.keys(),
  ...Object.keys(ALIASES),
  ...Object.keys(EXTRA_DIRECTIVES),
];

/** Whether the name is one that Sightline, Sigma's taxonomy or ECS has for access logs, headers apart. */
export function isKnownField(written: string): boolean {
  return FIELD_NAMES.includes(written.toLowerCase());
}

/**
 * The field that a rule means by a name, whatever its case. A name that no table holds is looked up among the entry's
 * `extra` values.
 */
export function fieldOf(written: string): Field {
  const direct = FIELDS.get(written);
  if (direct !== undefined) return direct;
  const lower = written.toLowerCase();
  const name = ALIASES[lower] ?? lower;
  return FIELDS.get(name) ?? addExtraField(name);
}

function addExtraField(name: string): Field {
  const field = wholeField({
    name,
    kind: name === 's-ip' ? 'address' : 'text',
    scalar: (entry) => entry.extra?.[name] ?? null,
    values: (s) => one(s.extra(name)),
    directives: [EXTRA_DIRECTIVES[name] ?? `%{${name.replace(/^cs-/, '')}}i`],
  });
  FIELDS.set(name, field);
  return field;
}
