import { addressType, networkOf } from '../address/address.ts';
import type { Attacker } from '../model/incident.ts';

/** How many IPv6 clients are remembered with their network before the memory starts afresh. */
const MAX_REMEMBERED = 20_000;

/** Names the attacker behind a client: the address itself, the network of an IPv6 address, or the host name. */
export type AttackerNamer = (client: string) => string;

export function attackerNamer(ipv6PrefixBits: number): AttackerNamer {
  const remembered = new Map<string, string>();
  return (client) => {
    if (ipv6PrefixBits >= 128 || !client.includes(':')) return client;
    let key = remembered.get(client);
    if (key === undefined) {
      key = addressType(client) === 'ipv6' ? networkOf(client, ipv6PrefixBits) : client;
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(client, key);
    }
    return key;
  };
}

/** The kind of an attacker's key: an address, a network or a host name. */
export function attackerType(key: string): Attacker['type'] {
  return addressType(key.replace(/\/\d+$/, '')) ?? 'hostname';
}
