import { isIPv6 } from 'node:net';

/**
 * The grammar of java.net.URI (JDK 17, RFC 2396 with its stated deviations), which decides what the server takes where
 * it wants a URI. It takes relative references and letters outside ASCII; most raw attack URLs fail it.
 */

/** Outside ASCII everything passes but C1 controls and Unicode's separators. */
const OTHER =
  '\\u00a1-\\u167f\\u1681-\\u1fff\\u200b-\\u2027\\u202a-\\u202e\\u2030-\\u205e\\u2060-\\u2fff\\u3001-\\uffff';
const UNRESERVED = "A-Za-z0-9\\-_.!~*'()";
const ESCAPED = '%[0-9A-Fa-f]{2}';

function charsOf(chars: string): RegExp {
  return new RegExp(`^(?:[${chars}${UNRESERVED}${OTHER}]|${ESCAPED})*$`);
}

const PATH = charsOf(':@&=+$,/;');
/** Queries, fragments and opaque parts. */
const URIC = charsOf(';/?:@&=+$,[\\]');
const USER_INFO = charsOf(';:&=+$,');
const REGISTRY_NAME = charsOf('$,;:@&=+');
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/;
const ZONE = /^[A-Za-z0-9_.]+$/;
const PORT = /^(?::\d*)?$/;

/** Whether `java.net.URI.create` takes `text`. The empty text, which it takes, is refused, as the server's check does. */
export function isJavaUri(text: string): boolean {
  if (text === '') return false;
  const hash = text.indexOf('#');
  const head = hash < 0 ? text : text.slice(0, hash);
  if (hash >= 0 && !URIC.test(text.slice(hash + 1))) return false;
  const colon = head.indexOf(':');
  const delimiter = head.search(/[/?]/);
  if (colon < 0 || (delimiter >= 0 && delimiter < colon)) return isHierarchical(head);
  if (!SCHEME.test(head.slice(0, colon))) return false;
  const rest = head.slice(colon + 1);
  return rest.startsWith('/') ? isHierarchical(rest) : rest !== '' && URIC.test(rest);
}

function isHierarchical(text: string): boolean {
  const question = text.indexOf('?');
  if (question >= 0 && !URIC.test(text.slice(question + 1))) return false;
  const hier = question < 0 ? text : text.slice(0, question);
  if (!hier.startsWith('//')) return PATH.test(hier);
  const slash = hier.indexOf('/', 2);
  const authority = hier.slice(2, slash < 0 ? undefined : slash);
  // An empty authority passes in front of anything but the end.
  if (authority === '') return slash >= 0 || question >= 0;
  return isAuthority(authority) && PATH.test(slash < 0 ? '' : hier.slice(slash));
}

/** Any registry name will do, so that hosts and ports are looked at only where brackets rule a registry name out. */
function isAuthority(text: string): boolean {
  if (REGISTRY_NAME.test(text)) return true;
  const at = text.indexOf('@');
  if (at >= 0 && !USER_INFO.test(text.slice(0, at))) return false;
  const host = text.slice(at + 1);
  const close = host.indexOf(']');
  if (!host.startsWith('[') || close < 0 || !PORT.test(host.slice(close + 1))) return false;
  const [address = '', zone, ...more] = host.slice(1, close).split('%');
  return isIPv6(address) && more.length === 0 && (zone === undefined || ZONE.test(zone));
}
