import { Resolver } from 'node:dns/promises';
import { canonicalAddress } from '../../address/address.ts';

/** The part of DNS that is needed; both reject when there is nothing. */
export interface NameService {
  reverse(address: string): Promise<readonly string[]>;
  /** Addresses of a name, of both families. */
  lookup(name: string): Promise<readonly string[]>;
}

/** Domains in which the operators of crawlers keep their host names, as they document them for this very check. */
const CRAWLER_DOMAINS = [
  'googlebot.com',
  'google.com',
  'search.msn.com',
  'applebot.apple.com',
  'crawl.yahoo.net',
  'yandex.com',
  'yandex.net',
  'yandex.ru',
  'crawl.baidu.com',
  'crawl.baidu.jp',
  'petalsearch.com',
  'seznam.cz',
];
const MAX_NAMES = 5;
const TIMEOUT_MS = 2000;

/** The system's own name servers, or those given as `address:port`; each question within 2 s. */
export function systemNames(servers?: readonly string[]): NameService {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 1 });
  if (servers !== undefined) resolver.setServers(servers);
  return {
    reverse: (address) => resolver.reverse(address),
    async lookup(name) {
      const [four, six] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
      return [four, six].flatMap((found) => (found.status === 'fulfilled' ? found.value : []));
    },
  };
}

/**
 * Whether an address is a search engine's: its name lies in a crawler's domain, and that name leads back to the address.
 * The name alone is under its owner's control and proves nothing. Names that cannot be had prove nothing either.
 */
export async function isVerifiedBot(address: string, names: NameService): Promise<boolean> {
  const found = await names.reverse(address).catch(() => []); // Most attackers' addresses have no name.
  for (const name of found.slice(0, MAX_NAMES)) {
    if (!CRAWLER_DOMAINS.some((domain) => name.toLowerCase().endsWith(`.${domain}`))) continue;
    const addresses = await names.lookup(name).catch(() => []); // A name that leads nowhere does not lead back.
    if (addresses.some((it) => canonicalAddress(it) === canonicalAddress(address))) return true;
  }
  return false;
}
