import { CtiaError } from './ctia-error.ts';

/** Cisco's clouds. Credentials belong to one of them. */
export const REGIONS = ['us', 'eu', 'apjc'] as const;
export type Region = (typeof REGIONS)[number];

/** Which of the two services a call goes to: IROH (token, proxied import, inspect) or CTIA (private intelligence). */
export type Service = 'iroh' | 'ctia';

/** A checked base URL, split as the connection pool wants it. */
export interface Base {
  /** `https://host[:port]`. */
  readonly origin: string;
  /** Path before the service's own paths, without a slash at its end; usually empty. */
  readonly prefix: string;
  readonly loopback: boolean;
}

const HOSTS: Readonly<Record<Region, Readonly<Record<Service, string>>>> = {
  us: { iroh: 'visibility.amp.cisco.com', ctia: 'private.intel.amp.cisco.com' },
  eu: { iroh: 'visibility.eu.amp.cisco.com', ctia: 'private.intel.eu.amp.cisco.com' },
  apjc: { iroh: 'visibility.apjc.amp.cisco.com', ctia: 'private.intel.apjc.amp.cisco.com' },
};

/** Cisco's own intelligence, which every organisation may read. */
const GLOBAL_INTEL_HOSTS: Readonly<Record<Region, string>> = {
  us: 'intel.amp.cisco.com',
  eu: 'intel.eu.amp.cisco.com',
  apjc: 'intel.apjc.amp.cisco.com',
};

/** For a client that reads global intelligence in place of the organisation's. */
export function globalIntelUrl(region: Region): string {
  return `https://${GLOBAL_INTEL_HOSTS[region]}`;
}

/** Base of a service in a region, or the `override`. Throws CtiaError `insecure-url` or `bad-config-value`. */
export function baseOf(service: Service, region: Region, override: string | undefined): Base {
  return readBase(override ?? `https://${HOSTS[region][service]}`);
}

/** Reads a base URL: HTTPS, or HTTP to loopback, without credentials, query or fragment. */
function readBase(text: string): Base {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new CtiaError('bad-config-value', 'a base URL must look like https://host[:port][/path]');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new CtiaError('bad-config-value', `the base URL of ${url.host} must hold no credentials, query or fragment`);
  }
  const loopback = isLoopback(url.hostname);
  if (url.protocol === 'http:' && !loopback) {
    throw new CtiaError('insecure-url', `${url.origin} must be https: plain http is for loopback addresses only`);
  }
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, ''), loopback };
}

/** `hostname` as the WHATWG URL parser gives it: lower case, IPv4 in dotted form, IPv6 in brackets. */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname)
  );
}
