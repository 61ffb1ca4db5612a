import type { AccessLogEntry } from '../../src/model/entry.ts';
import type { LogLine } from '../../src/model/line.ts';

/** What a test says about a request; the rest is ordinary. */
export interface Request {
  readonly method?: string | null;
  /** Path and query. */
  readonly target?: string | null;
  readonly protocol?: string | null;
  readonly status?: number | null;
  readonly bytes?: number | null;
  readonly referer?: string | null;
  readonly userAgent?: string | null;
  readonly client?: string;
  readonly user?: string | null;
  readonly host?: string | null;
  readonly port?: number | null;
  readonly durationMs?: number | null;
  readonly extra?: Readonly<Record<string, string>> | null;
  /** The whole request line, where it is not method, target and protocol with spaces between. */
  readonly request?: string | null;
  /** The line's text, where it is not the combined format of the rest. */
  readonly line?: string;
}

const TIME = Date.UTC(2025, 9, 10, 13, 55, 36);

/** An entry as the parser makes it. */
export function entryOf(request: Request = {}): AccessLogEntry {
  const { method = 'GET', target = '/', protocol = 'HTTP/1.1' } = request;
  const mark = target?.indexOf('?') ?? -1;
  const whole = target === null ? null : [method, target, protocol].filter((part) => part !== null).join(' ');
  const entry = {
    time: TIME,
    client: request.client ?? '192.0.2.1',
    peer: null,
    user: request.user ?? null,
    request: request.request === undefined ? whole : request.request,
    method: target === null ? null : method,
    target,
    stem: target === null || mark < 0 ? target : target.slice(0, mark),
    query: target === null || mark < 0 ? null : target.slice(mark + 1),
    protocol: target === null ? null : protocol,
    status: request.status === undefined ? 200 : request.status,
    bytes: request.bytes === undefined ? 512 : request.bytes,
    referer: request.referer ?? null,
    userAgent: request.userAgent ?? null,
    host: request.host ?? null,
    port: request.port ?? null,
    durationMs: request.durationMs ?? null,
    extra: request.extra ?? null,
  };
  return { ...entry, line: lineOf(request.line ?? combined(entry)) };
}

/** The line in the combined format, as Apache escapes it; bytes are not told from characters here. */
function combined(entry: Omit<AccessLogEntry, 'line'>): string {
  const { client, user, request, status, bytes, referer, userAgent } = entry;
  const quoted = [request, referer, userAgent].map((value) => `"${value === null ? '-' : escapeAsApache(value)}"`);
  return `${client} - ${user ?? '-'} [10/Oct/2025:13:55:36 +0000] ${quoted[0]} ${status} ${bytes} ${quoted[1]} ${quoted[2]}`;
}

function escapeAsApache(text: string): string {
  return [...Buffer.from(text, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (character === '"' || character === '\\') return `\\${character}`;
      return byte < 0x20 || byte > 0x7e ? `\\x${byte.toString(16).padStart(2, '0')}` : character;
    })
    .join('');
}

function lineOf(text: string): LogLine {
  return { source: 'test.log', number: 1, offset: 0, length: text.length, text };
}
