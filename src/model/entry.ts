import type { LogLine } from './line.ts';

/**
 * One request as the log tells it. Log escapes are undone and bytes are decoded as UTF-8 (a byte that is not valid UTF-8
 * stays as the code unit of the same value); percent-encoding is left as the client sent it. A value that the log does
 * not hold, or holds as `-`, is null.
 */
export interface AccessLogEntry {
  readonly line: LogLine;
  /** Epoch milliseconds of the request's start. */
  readonly time: number;
  /** The client's address in canonical form (IPv4-mapped IPv6 folded), or the host name that was logged in its place. */
  readonly client: string;
  /** The connection's own address, where `client` was taken from a forwarding header. */
  readonly peer: string | null;
  readonly user: string | null;
  /** The whole request line; null when none was received. */
  readonly request: string | null;
  /** Null, like target, stem and query, when the request line has not the shape of a request. */
  readonly method: string | null;
  /** The request target without scheme and authority. */
  readonly target: string | null;
  /** The target before the first `?`. */
  readonly stem: string | null;
  /** The target after the first `?`; null when there is no `?`. */
  readonly query: string | null;
  /** `HTTP/1.1` and the like; null for HTTP/0.9. */
  readonly protocol: string | null;
  readonly status: number | null;
  /** Bytes of the response; 0 when the log says `-`, null when the format has no such field. */
  readonly bytes: number | null;
  readonly referer: string | null;
  readonly userAgent: string | null;
  /** Virtual host, lower case, without port. */
  readonly host: string | null;
  readonly port: number | null;
  readonly durationMs: number | null;
  /** Other logged values by Sigma name (`cs-cookie`, `cs-content-type`, `cs-bytes`, `s-ip`), or by header name in lower case. */
  readonly extra: Readonly<Record<string, string>> | null;
}

/** An entry that tells nothing but its line, its time and its client. */
export function bareEntry({ line, time, client }: Pick<AccessLogEntry, 'line' | 'time' | 'client'>): AccessLogEntry {
  return {
    line,
    time,
    client,
    peer: null,
    user: null,
    request: null,
    method: null,
    target: null,
    stem: null,
    query: null,
    protocol: null,
    status: null,
    bytes: null,
    referer: null,
    userAgent: null,
    host: null,
    port: null,
    durationMs: null,
    extra: null,
  };
}

/** An entry that tells nothing at all: what is to be looked at by itself is put into a copy. */
export const NO_ENTRY: AccessLogEntry = bareEntry({
  line: { source: '', number: 0, offset: 0, length: 0, text: '' },
  time: 0,
  client: '',
});
