import type { CtimSighting } from '../ctim/ctim.ts';
import type { Sighting } from '../model/incident.ts';
import { attackerObservable, hostOfUrl } from './observables.ts';
import { type CtimObservable, ownValues, type Server } from './servers.ts';

type CtimRelation = NonNullable<CtimSighting['relations']>[number];

/**
 * How the observables of a sighting hang together, read as `source` relation `related`. Only what the log shows or the
 * configuration says: where several addresses of a network took part, it is not known which of them asked what, so only
 * relations that hold for each of them are told.
 */
export function relationsOf(
  sighting: Sighting,
  servers: readonly Server[],
  observables: readonly CtimObservable[],
  origin: string,
): readonly CtimRelation[] {
  const relations: CtimRelation[] = [];
  const relate = (source: CtimObservable, relation: string, related: CtimObservable): void => {
    relations.push({ origin, relation, source, related });
  };
  const attackers = sighting.addresses.map(attackerObservable);
  for (const attacker of attackers.length === 1 || servers.length === 1 ? attackers : []) {
    for (const server of servers) {
      const reached = server.names[0] ?? server.addresses[0];
      if (reached !== undefined) relate(attacker, 'Connected_To', reached);
    }
  }
  for (const server of servers) {
    for (const name of server.names) for (const address of server.addresses) relate(name, 'Resolved_To', address);
  }
  const [attacker, ...others] = attackers;
  if (attacker === undefined || others.length > 0) return relations;
  const own = ownValues(servers);
  for (const observable of observables) {
    if (observable.type === 'user_agent') relate(attacker, 'Used', observable);
    else if (observable.type === 'url' && own.has(hostOfUrl(observable.value)))
      relate(attacker, 'Connected_To', observable);
    // Named in a request: the log does not tell whether the server went there.
    else if (observable.value !== attacker.value) relate(attacker, 'Refers_To', observable);
  }
  return relations;
}
