import { canonicalAddress, cidrMatcher } from '../address/address.ts';

/** Headers in which proxies name the client, most trustworthy first: to the first two each proxy appends. */
export const CLIENT_HEADERS: readonly string[] = [
  'x-forwarded-for',
  'forwarded',
  'cf-connecting-ip',
  'true-client-ip',
  'x-real-ip',
];

export interface ClientOptions {
  /** Proxies whose forwarding headers are believed: addresses and networks in CIDR notation. Default: none. */
  readonly trustedProxies?: readonly string[];
  /**
   * Names of the headers to look into, most trusted first; the first that the line has decides. Default:
   * X-Forwarded-For, Forwarded, CF-Connecting-IP, True-Client-IP, X-Real-IP. Only logged headers can be seen.
   */
  readonly clientHeaders?: readonly string[];
}

/** Who sent a request: `header` finds a logged header's value by its lower-case name. */
export type ClientFinder = (peer: string | null, header: (name: string) => string | null) => string | null;

const HOST_NAME = /^[a-z0-9_](?:[a-z0-9_.-]{0,254})$/i;
const FORWARDED_FOR = /^\s*for\s*=\s*(?:"([^"]*)"|([^\s"]*))\s*$/i;

/** The canonical address or the lower-case host name that `text` is; null when it is neither. */
export function clientName(text: string): string | null {
  return canonicalAddress(text) ?? (HOST_NAME.test(text) ? text.toLowerCase() : null);
}

/**
 * Finds the client behind proxies: the right-most address of the forwarding header that is no trusted proxy's, for what
 * stands left of it may be the client's own invention. The header counts only where the peer is trusted itself, or where
 * the log names no peer. At anything that is no address the walk ends with the last address that was good.
 * @throws SightlineError `bad-cidr` for a bad `trustedProxies`.
 */
export function clientFinder(options: ClientOptions): ClientFinder {
  const isTrusted = cidrMatcher(options.trustedProxies ?? []);
  const headers = (options.clientHeaders ?? CLIENT_HEADERS).map((name) => name.toLowerCase());
  return (peer, header) => {
    if (peer !== null && !isTrusted(peer)) return peer;
    for (const name of headers) {
      const value = header(name);
      if (value !== null) return walk(peer, addressesOf(name, value), isTrusted);
    }
    return peer;
  };
}

function walk(peer: string | null, addresses: Iterable<string | null>, isTrusted: (text: string) => boolean) {
  let client = peer;
  for (const address of addresses) {
    if (address === null) return client;
    client = address;
    if (!isTrusted(address)) return client;
  }
  return client;
}

/** From right to left; null for what is no address. */
function* addressesOf(name: string, value: string): Generator<string | null> {
  let end = value.length;
  while (end >= 0) {
    const comma = end === 0 ? -1 : value.lastIndexOf(',', end - 1);
    const item = value.slice(comma + 1, end);
    yield addressOf(name === 'forwarded' ? forwardedFor(item) : item.trim());
    end = comma;
  }
}

/** RFC 7239: `for=192.0.2.1;proto=https`, `for="[2001:db8::1]:4711"`. Empty when it does not say. */
function forwardedFor(element: string): string {
  for (const pair of element.split(';')) {
    const found = FORWARDED_FOR.exec(pair);
    if (found !== null) return found[1] ?? found[2] ?? '';
  }
  return '';
}

/** The canonical form of an address that may have a port; null for anything else. */
export function addressOf(text: string): string | null {
  if (text.startsWith('[')) return canonicalAddress(text.slice(1, Math.max(1, text.indexOf(']'))));
  const colon = text.indexOf(':');
  const bare = colon > 0 && colon === text.lastIndexOf(':') ? text.slice(0, colon) : text;
  return canonicalAddress(bare);
}
