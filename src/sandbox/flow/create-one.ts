import { readNewEntity } from '../entity/new-entity.ts';
import type { StoredEntity } from '../entity/stored.ts';
import type { EntityType } from '../entity/types.ts';
import { type Creation, createAll } from './create.ts';
import { entityRefusal } from './refusals.ts';

/** Stores one entity as a route of its own does: whatever is wrong with it refuses the request. */
export function createOne(creation: Creation, type: EntityType, raw: unknown): StoredEntity {
  const entity = readNewEntity(type, raw, 'alone', creation.world.behaviour);
  const [outcome] = createAll(creation, type, [entity], new Map()).outcomes;
  if (outcome === undefined) throw new Error(`a ${type} was forgotten`);
  if ('error' in outcome) throw entityRefusal(outcome.error, entity.raw);
  return outcome.created;
}
