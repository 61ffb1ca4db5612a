import { canonicalAddress } from '../address/address.ts';

const UNSPECIFIED = new Set(['0.0.0.0', '::']);

/** The addresses of `<VirtualHost>` or `Listen` that are written out; wildcards, ports and names are none. */
export function addressesOf(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const [, bracketed, plain = ''] = /^(?:\[(.*)\]|([^:]*))(?::[\d*]+)?$/.exec(word) ?? [];
    const address = canonicalAddress(bracketed ?? plain);
    return address === null || UNSPECIFIED.has(address) ? [] : [address];
  });
}
