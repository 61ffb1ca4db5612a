import { canonicalAddress, cidrMatcher, specialRangeOf } from '../../address/address.ts';

/**
 * Why an address must never be judged, whatever it did; null when it may be. Spared are addresses that are not on the
 * public Internet, and those in `never`: what is allow-listed, own servers, own proxies.
 * @throws SightlineError `bad-cidr`.
 */
export function sparer(never: readonly string[]): (address: string) => string | null {
  const isListed = cidrMatcher(never);
  return (address) => {
    const canonical = canonicalAddress(address);
    if (canonical === null) return 'no address';
    const range = specialRangeOf(canonical);
    if (range !== null) return range;
    return isListed(canonical) ? 'listed as allowed or own' : null;
  };
}
