import type { Identity } from '../access/identity.ts';
import { isAbout, isValid, type Observable } from '../entity/judgement.ts';
import type { JsonObject, StoredEntity } from '../entity/stored.ts';
import { readable } from '../search/list.ts';
import type { World } from '../world.ts';

/**
 * What the judgements in force say of an observable; null when there is none. The highest priority speaks; among equals
 * clean beats malicious, and so on by number; then the one that began first.
 */
export function verdictOf(world: World, identity: Identity, observable: Observable): JsonObject | null {
  const now = world.clock();
  const inForce = readable(world, identity, 'judgement', (it) => isAbout(it, observable) && isValid(it, now));
  const [judgement] = inForce.sort(
    (a, b) =>
      Number(b.priority) - Number(a.priority) ||
      Number(a.disposition) - Number(b.disposition) ||
      startOf(a).localeCompare(startOf(b)),
  );
  if (judgement === undefined) return null;
  return {
    type: 'verdict',
    disposition: judgement.disposition,
    disposition_name: judgement.disposition_name,
    observable,
    judgement_id: judgement.id,
    valid_time: judgement.valid_time,
  };
}

function startOf({ valid_time: span }: StoredEntity): string {
  return String((span as JsonObject).start_time); // Every stored judgement has one.
}
