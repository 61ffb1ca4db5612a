import { canonicalAddress } from '../address/address.ts';
import type { AccessLogEntry } from '../model/entry.ts';
import type { LogLine } from '../model/line.ts';
import type { Reject } from '../model/reject.ts';
import { type ClientOptions, clientFinder, clientName } from './client.ts';
import type { Slot } from './directives.ts';
import { type LineParser, rejectOf } from './format.ts';
import { splitHost } from './host.ts';
import type { Layout, Piece } from './layout.ts';
import { type LineScanner, lineScanner, numberAt, scanLine, valueAt } from './line-scanner.ts';
import { joinRequest, NO_REQUEST, type RequestParts, requestOf, splitRequest } from './request-line.ts';

/** A layout compiled: which piece of a line gives what, -1 where none does. */
interface Plan {
  readonly scanner: LineScanner;
  readonly client: number;
  readonly peer: number;
  readonly ident: number;
  readonly user: number;
  readonly request: number;
  readonly method: number;
  readonly target: number;
  readonly path: number;
  readonly query: number;
  readonly protocol: number;
  readonly status: number;
  readonly bytes: number;
  readonly referer: number;
  readonly userAgent: number;
  readonly host: number;
  readonly port: number;
  readonly duration: number;
  readonly durationUnitUs: number;
  readonly extras: readonly { readonly name: string; readonly index: number }[];
  readonly findClient: (own: string | null) => string | null;
}

/**
 * Compiles a layout into the function that parses its lines; `openEnd` as in {@link lineScanner}.
 * @throws SightlineError `bad-log-format` for a bad time format, `bad-cidr` for a bad trusted proxy.
 */
export function lineParser(layout: Layout, openEnd: boolean, options: ClientOptions): LineParser {
  const { pieces } = layout;
  const scanner = lineScanner(layout, openEnd);
  const at = slotIndexes(pieces);
  const extras = extraIndexes(pieces, at);
  const headers = new Map(extras.map(({ name, index }) => [name, index]));
  const findClient = clientFinder(options);
  const plan: Plan = {
    scanner,
    client: at('client'),
    peer: at('peer'),
    ident: pieces.findIndex((piece) => piece.meaning.shape === 'ident'),
    user: at('user'),
    request: at('request'),
    method: at('method'),
    target: at('target'),
    path: at('path'),
    query: at('query'),
    protocol: at('protocol'),
    status: at('status'),
    bytes: at('bytes'),
    referer: at('referer'),
    userAgent: at('userAgent'),
    host: at('host'),
    port: at('port'),
    duration: at('duration'),
    durationUnitUs: pieces[at('duration')]?.meaning.unitUs ?? 0,
    extras,
    findClient: (own) => findClient(own, (name) => valueAt(scanner, headers.get(name) ?? -1)),
  };
  return (line) => parseLine(plan, line);
}

function parseLine(plan: Plan, line: LogLine): AccessLogEntry | Reject {
  const { scanner } = plan;
  if (!scanLine(scanner, line.text)) return rejectOf(line, 'not-this-format');
  const own = addressAt(scanner, plan.client) ?? addressAt(scanner, plan.peer);
  const client = clientOf(plan, own);
  if (client === null || isShifted(plan)) return rejectOf(line, 'not-this-format');
  const { time } = scanner;
  if (Number.isNaN(time)) return rejectOf(line, 'bad-time');

  const peer = plan.peer < 0 ? own : addressAt(scanner, plan.peer);
  const request = valueAt(scanner, plan.request);
  const parts = partsOf(plan, request);
  const place = valueAt(scanner, plan.host) ?? parts.authority;
  const { host, port } = place === null ? NOWHERE : splitHost(place);
  const duration = numberAt(scanner, plan.duration);
  return {
    line,
    time,
    client,
    peer: peer === client ? null : peer,
    user: userAt(scanner, plan.user),
    request: request ?? requestOf(parts),
    method: parts.method,
    target: parts.target,
    stem: parts.stem,
    query: parts.query,
    protocol: parts.protocol,
    status: numberAt(scanner, plan.status),
    bytes: plan.bytes < 0 ? null : (numberAt(scanner, plan.bytes) ?? 0),
    referer: valueAt(scanner, plan.referer),
    userAgent: valueAt(scanner, plan.userAgent),
    host,
    port: numberAt(scanner, plan.port) ?? port,
    durationMs: duration === null ? null : (duration * plan.durationUnitUs) / 1000,
    extra: plan.extras.length === 0 ? null : extraOf(plan),
  };
}

/** A line whose own client is neither address nor name is not of this format, whatever a header says. */
function clientOf(plan: Plan, own: string | null): string | null {
  return own === null && (plan.client >= 0 || plan.peer >= 0) ? null : plan.findClient(own);
}

function addressAt(scanner: LineScanner, index: number): string | null {
  const value = valueAt(scanner, index);
  return value === null ? null : clientName(value);
}

function partsOf(plan: Plan, request: string | null): RequestParts {
  if (request !== null) return splitRequest(request);
  if (plan.request >= 0) return NO_REQUEST;
  const { scanner } = plan;
  const path = valueAt(scanner, plan.path);
  const joined = path === null ? null : path + (valueAt(scanner, plan.query) ?? '');
  const target = valueAt(scanner, plan.target) ?? joined;
  return joinRequest(valueAt(scanner, plan.method), target, valueAt(scanner, plan.protocol));
}

function extraOf({ scanner, extras }: Plan): Record<string, string> | null {
  let extra: Record<string, string> | null = null;
  for (const { name, index } of extras) {
    const value = valueAt(scanner, index);
    if (value === null) continue;
    extra ??= {};
    extra[name] = value;
  }
  return extra;
}

const NOWHERE = { host: null, port: null };

/** Piece of each slot, -1 when there is none. */
function slotIndexes(pieces: readonly Piece[]): (slot: Slot) => number {
  const best = new Map<Slot, number>();
  for (const [index, { meaning }] of pieces.entries()) {
    if (meaning.slot === null) continue;
    const rival = best.get(meaning.slot);
    if (rival === undefined || meaning.rank > (pieces[rival]?.meaning.rank ?? 0)) best.set(meaning.slot, index);
  }
  return (slot) => best.get(slot) ?? -1;
}

/** Pieces whose values go into `extra`, under which names: of several of one name the first. */
function extraIndexes(pieces: readonly Piece[], at: (slot: Slot) => number): { name: string; index: number }[] {
  const indexes = new Map<string, number>();
  for (const [index, { meaning }] of pieces.entries()) {
    const used = meaning.slot !== null && at(meaning.slot) === index;
    if (meaning.extra !== null && !used && !indexes.has(meaning.extra)) indexes.set(meaning.extra, index);
  }
  return Array.from(indexes, ([name, index]) => ({ name, index }));
}

/** mod_log_config writes `""` for a user of no name, and `\"\"` for one of that name. */
function userAt(scanner: LineScanner, index: number): string | null {
  const value = valueAt(scanner, index);
  return value === '""' && isOfLength(scanner, index, value.length) ? '' : value;
}

function isOfLength({ places }: LineScanner, index: number, length: number): boolean {
  return (places[2 * index + 1] as number) - (places[2 * index] as number) === length; // each piece has both
}

/** What stands in no name of a user, but where a syslog or container prefix ends or the values of a server begin. */
const NO_USER = /: |\| | - /;

/**
 * True for a line with more values than the format has, as when a virtual host or another program's prefix stands before
 * `%h %l %u`: taking what stands first for the client would blame the victim. Nobody's ident reply is an address. What the
 * user is called counts only where the ident is not `-`, as of nearly all servers: clients choose it, and none is to hide
 * its lines by it.
 */
function isShifted({ scanner, ident: identIndex, user: userIndex }: Plan): boolean {
  const ident = valueAt(scanner, identIndex);
  if (ident === null) return false;
  if (canonicalAddress(ident) !== null) return true;
  const user = valueAt(scanner, userIndex);
  if (user === null || !user.includes(' ')) return false;
  return NO_USER.test(user) || user.split(' ').some((word) => canonicalAddress(word) !== null);
}
