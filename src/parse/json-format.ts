import type { AccessLogEntry } from '../model/entry.ts';
import type { LogLine } from '../model/line.ts';
import type { Reject } from '../model/reject.ts';
import { addressOf, type ClientOptions, clientFinder, clientName } from './client.ts';
import { type LineParser, type LogFormat, rejectOf } from './format.ts';
import { splitHost } from './host.ts';
import { FIELD_INDEX, findNode, type JsonField, type JsonMapping, type KeyTree, keyTree } from './json-keys.ts';
import { isObject, parseJsonLine } from './json-text.ts';
import { readJsonTime } from './json-time.ts';
import { joinRequest, NO_REQUEST, type RequestParts, requestOf, splitRequest } from './request-line.ts';

/** What lines of JSON can carry: which keys they have shows only when they come. */
const ENTRY_FIELDS =
  'date time c-ip cs-username cs-method c-uri cs-uri-stem cs-uri-query c-uri-extension cs-version x-request sc-status sc-bytes cs-referer cs-user-agent cs-host s-port time-taken'.split(
    ' ',
  );
/** Names with a hyphen, and `forwarded`, are no part of an entry. */
const EXTRA_NAME = /-|^forwarded$/;
const VERSION = /^\d(?:\.\d)?$/;
const SECONDS = /^(\d{1,9}(?:\.\d{1,12})?)s$/;
const NUMBER = /^\d{1,15}(?:\.\d{1,12})?$/;

/**
 * JSON access logs, one object a line.
 * @throws SightlineError `bad-log-format` for a mapping of a field that there is not.
 */
export function jsonFormat(mapping: JsonMapping): LogFormat {
  const { fields } = keyTree(mapping);
  return {
    name: 'json',
    directive: null,
    fields: new Set([...ENTRY_FIELDS, ...fields.filter((field) => EXTRA_NAME.test(field))]),
    open: (options) => jsonParser(mapping, options),
    openSkimmer: () => null,
  };
}

function jsonParser(mapping: JsonMapping, options: ClientOptions): LineParser {
  const { tree, fields } = keyTree(mapping);
  const values = new Values(fields.length);
  const findClient = clientFinder(options);
  const extras = fields.flatMap((name, index) => (EXTRA_NAME.test(name) ? [{ name, index }] : []));
  const extraAt = new Map(extras.map(({ name, index }) => [name, index]));
  return (line) => {
    const object = parseJsonLine(line.text);
    if (object === null) return rejectOf(line, 'bad-json');
    values.clear();
    collect(object, tree, values);
    const header = (name: string): string | null => values.textAt(extraAt.get(name) ?? -1);
    return toEntry(line, values, findClient(ownAddress(values), header), extraOf(extras, values));
  };
}

/** The values of the line in hand by index of their field. */
class Values {
  readonly #values: unknown[];
  readonly #ranks: number[];

  constructor(count: number) {
    this.#values = new Array(count).fill(undefined);
    this.#ranks = new Array(count).fill(Number.POSITIVE_INFINITY);
  }

  clear(): void {
    this.#values.fill(undefined);
    this.#ranks.fill(Number.POSITIVE_INFINITY);
  }

  offer(index: number, rank: number, value: unknown): void {
    if (rank >= (this.#ranks[index] ?? 0) || textOf(value) === null) return;
    this.#values[index] = value;
    this.#ranks[index] = rank;
  }

  valueOf(field: JsonField): unknown {
    return this.#values[FIELD_INDEX[field]];
  }

  textOf(field: JsonField): string | null {
    return this.textAt(FIELD_INDEX[field]);
  }

  textAt(index: number): string | null {
    return textOf(this.#values[index]);
  }

  numberOf(field: JsonField): number | null {
    const value = this.valueOf(field);
    if (typeof value === 'number') return value >= 0 ? value : null;
    const text = textOf(value);
    return text !== null && NUMBER.test(text) ? Number(text) : null;
  }
}

/** Follows only keys that the tree has, so no deeper than the tree is. */
function collect(object: Readonly<Record<string, unknown>>, tree: KeyTree, values: Values): void {
  for (const key of Object.keys(object)) {
    const node = findNode(tree, key);
    if (node === null) continue;
    const value = object[key];
    if (isObject(value)) collect(value, node.children, values);
    else if (node.field >= 0) values.offer(node.field, node.rank, value);
  }
}

/** Null for what is no value: nothing, empty, `-`, or an object. Several values of a header are one list. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' || value === '-' ? null : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!Array.isArray(value)) return null;
  return textOf(value.filter((item) => typeof item === 'string').join(', '));
}

/** `host` is what fluentd calls the client and others the virtual host: without another client, an address is one. */
function ownAddress(values: Values): string | null {
  const text = values.textOf('client') ?? values.textOf('peer');
  if (text !== null) return addressOf(text) ?? clientName(text);
  return addressOf(values.textOf('hostOrClient') ?? '');
}

function toEntry(
  line: LogLine,
  values: Values,
  client: string | null,
  extra: Readonly<Record<string, string>> | null,
): AccessLogEntry | Reject {
  const loggedTime = values.valueOf('time');
  if (client === null || loggedTime === undefined) return rejectOf(line, 'not-this-format');
  const time = readJsonTime(loggedTime);
  if (Number.isNaN(time)) return rejectOf(line, 'bad-time');
  const parts = partsOf(values);
  const logged = values.textOf('host') ?? (logsClient(values) ? values.textOf('hostOrClient') : null);
  const { host, port } = splitHost(logged ?? parts.authority ?? '');
  const peer = addressOf(values.textOf('peer') ?? '') ?? ownAddress(values);
  return {
    line,
    time,
    client,
    peer: peer === client ? null : peer,
    user: values.textOf('user'),
    request: parts.request,
    method: parts.method,
    target: parts.target,
    stem: parts.stem,
    query: parts.query,
    protocol: parts.protocol,
    status: values.numberOf('status'),
    bytes: values.numberOf('bytes'),
    referer: values.textOf('referer'),
    userAgent: values.textOf('userAgent'),
    host,
    port: values.numberOf('port') ?? port,
    durationMs: durationOf(values),
    extra,
  };
}

function logsClient(values: Values): boolean {
  return values.textOf('client') !== null || values.textOf('peer') !== null;
}

function partsOf(values: Values): RequestParts & { readonly request: string | null } {
  const request = values.textOf('request');
  if (request !== null && !request.startsWith('/')) return { request, ...splitRequest(request) };
  const query = values.textOf('query')?.replace(/^\?/, '');
  const path = values.textOf('path');
  const joined = path === null || query === undefined ? path : `${path}?${query}`;
  const target = request ?? values.textOf('url') ?? joined;
  const version = values.textOf('protocol');
  const protocol = version !== null && VERSION.test(version) ? `HTTP/${version}` : version;
  const method = values.textOf('method');
  if (method === null && target === null) return { request: null, ...NO_REQUEST };
  const parts = joinRequest(method, target, protocol);
  return { request: requestOf(parts), ...parts };
}

function durationOf(values: Values): number | null {
  const ns = values.numberOf('durationNs');
  if (ns !== null) return ns / 1e6;
  const us = values.numberOf('durationUs');
  if (us !== null) return us / 1000;
  const ms = values.numberOf('durationMs');
  if (ms !== null) return ms;
  const seconds = SECONDS.exec(values.textOf('durationS') ?? '')?.[1] ?? values.numberOf('durationS');
  if (seconds !== null) return Number(seconds) * 1000;
  const either = values.numberOf('duration');
  if (either === null) return null;
  return Number.isInteger(either) ? either / 1000 : either * 1000;
}

function extraOf(extras: readonly { name: string; index: number }[], values: Values): Record<string, string> | null {
  let extra: Record<string, string> | null = null;
  for (const { name, index } of extras) {
    const value = values.textAt(index);
    if (value === null) continue;
    extra ??= {};
    extra[name] = value;
  }
  return extra;
}
