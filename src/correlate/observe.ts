import type { AccessLogEntry } from '../model/entry.ts';
import type { Observable } from '../model/observable.ts';

/** A longer URL or user agent is no observable: cut, it would be another one. It stays in the evidence. */
const MAX_VALUE_LENGTH = 2048;
const HTTPS_PORTS: ReadonlySet<number> = new Set([443, 8443]);
/** What RFC 3986 does not allow in a URL as it stands. */
const NOT_URL = /[^\x21-\x7e]|["<>\\^`{|}]/gu;

/** What a line shows besides the attacker's address: the requested URL and the user agent. */
export function observe(entry: AccessLogEntry): Observable[] {
  const url = urlOf(entry);
  const shown: readonly Observable[] = [
    ...(url === null ? [] : [{ type: 'url', value: url } as const]),
    ...(entry.userAgent === null ? [] : [{ type: 'user_agent', value: entry.userAgent } as const]),
  ];
  return shown.filter((observable) => isObservable(observable, entry));
}

/** Whether it is worth searching for beside the attacker's address. */
export function isObservable({ value }: Observable, { client }: AccessLogEntry): boolean {
  return value !== client && value !== '' && value.length <= MAX_VALUE_LENGTH;
}

/** The absolute URL of a request; null when the log does not tell the host, or the target is no path. */
export function urlOf({ host, port, target }: AccessLogEntry): string | null {
  if (host === null || target === null || !target.startsWith('/')) return null;
  const https = port !== null && HTTPS_PORTS.has(port);
  const authority = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const shown = port === null || port === (https ? 443 : 80) ? authority : `${authority}:${port}`;
  return `${https ? 'https' : 'http'}://${shown}${target.toWellFormed().replace(NOT_URL, encodeURIComponent)}`;
}
