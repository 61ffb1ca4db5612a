import { expect, it } from 'vitest';
import { attackerNamer } from '../../src/correlate/attacker.ts';

it('names the network of more IPv6 clients than it remembers, again and again', () => {
  const attackerOf = attackerNamer(64);
  const clients = Array.from({ length: 20_010 }, (_, index) => `2001:db8:0:${index.toString(16)}::1`);
  const networks = clients.map((client) => client.replace('::1', '::/64').replace('2001:db8:0:0::', '2001:db8::'));
  for (const _ of [1, 2]) expect(clients.map(attackerOf)).toEqual(networks);
});
