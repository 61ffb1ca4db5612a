import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { SightlineError } from '../model/errors.ts';
import { ownText } from '../model/own-text.ts';

/** How many different spellings of addresses {@link canonicalAddress} remembers before it starts afresh. */
const MAX_REMEMBERED = 20_000;
/** Dotted quads without leading zeros, nearly all there is: canonical as they stand, and cheaper to test than to look up. */
const PLAIN_IPV4 =
  /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;
/** The longest spelling of IPv6 with a zone id of reasonable length. */
const MAX_ADDRESS_LENGTH = 64;
const IPV4_MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;
const remembered = new Map<string, string | null>();

/**
 * The one spelling of an address: dotted quads for IPv4, RFC 5952 text for IPv6, IPv4-mapped IPv6 (`::ffff:192.0.2.1`)
 * folded to IPv4, zone ids dropped. Null for what is no address; odd IPv4 forms (`0x7f.1`, `127.1`) are none.
 */
export function canonicalAddress(text: string): string | null {
  if (PLAIN_IPV4.test(text)) return text;
  if (text.length > MAX_ADDRESS_LENGTH) return null;
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const canonical = canonicalise(text);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(ownText(text), canonical);
  return canonical;
}

function canonicalise(text: string): string | null {
  if (!isIPv6(text)) return null;
  const zone = text.indexOf('%');
  // The URL parser writes an IPv6 host as RFC 5952 wants it, some fifty times faster than the address library does.
  const canonical = new URL(`http://[${zone < 0 ? text : text.slice(0, zone)}]`).hostname.slice(1, -1);
  const mapped = IPV4_MAPPED.exec(canonical);
  if (mapped === null) return canonical;
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)];
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** CTIM's observable type of a canonical address; null for anything else, such as a host name. */
export function addressType(text: string): 'ip' | 'ipv6' | null {
  const canonical = canonicalAddress(text);
  if (canonical === null) return null;
  return canonical.includes(':') ? 'ipv6' : 'ip';
}

/** The network of a canonical address in CIDR notation: `networkOf('2001:db8::1', 64)` is `2001:db8::/64`. */
export function networkOf(canonical: string, prefixBits: number): string {
  const address = ipaddr.parse(canonical);
  const bytes = address.toByteArray().map((byte, index) => byte & maskOf(prefixBits - index * 8));
  const network = ipaddr.fromByteArray(bytes);
  const text = network instanceof ipaddr.IPv6 ? network.toRFC5952String() : network.toString();
  return `${text}/${prefixBits}`;
}

function maskOf(bitsLeft: number): number {
  return bitsLeft >= 8 ? 0xff : bitsLeft <= 0 ? 0 : (0xff << (8 - bitsLeft)) & 0xff;
}

/**
 * A test whether an address lies in one of `cidrs` (`192.0.2.0/24`, `2001:db8::/32`, or single addresses).
 * @throws SightlineError `bad-cidr` naming the first that is none.
 */
export function cidrMatcher(cidrs: readonly string[]): (text: string) => boolean {
  const ranges = cidrs.map(parseCidr);
  return (text) => {
    if (ranges.length === 0) return false;
    const canonical = canonicalAddress(text);
    if (canonical === null) return false;
    const address = ipaddr.parse(canonical);
    return ranges.some(([network, bits]) => address.kind() === network.kind() && address.match(network, bits));
  };
}

function parseCidr(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const [head = '', bits, ...rest] = text.trim().split('/');
  const canonical = canonicalAddress(head);
  if (canonical !== null && rest.length === 0 && (bits === undefined || /^\d{1,3}$/.test(bits))) {
    const network = ipaddr.parse(canonical);
    const whole = network.kind() === 'ipv4' ? 32 : 128;
    const mapped = whole === 32 && head.includes(':') ? 96 : 0;
    const length = bits === undefined ? whole : Number(bits) - mapped;
    if (length >= 0 && length <= whole) return [network, length];
  }
  throw new SightlineError('bad-cidr', `expected an address or a network such as 192.0.2.0/24, got "${text}"`);
}

/**
 * The special-purpose range (IANA's registries) in which a canonical address lies, in words: `private`, `loopback`,
 * `carrier grade nat`, `reserved` (documentation included), tunnels with an address inside. Null for an ordinary public
 * address.
 */
export function specialRangeOf(canonical: string): string | null {
  const address = ipaddr.parse(canonical);
  const range = address.range();
  if (range !== 'unicast') return range.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return address instanceof ipaddr.IPv6 && !address.match(GLOBAL_UNICAST) ? 'not allocated' : null;
}

/** All of IPv6 that has been given out (IANA, IPv6 Global Unicast Address Assignments). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
