import { accessRefusal, canWrite } from '../access/access.ts';
import type { Identity } from '../access/identity.ts';
import { applyStatus } from '../entity/incident-status.ts';
import { hasImmenseTerm } from '../entity/keyword-limit.ts';
import { readNewEntity } from '../entity/new-entity.ts';
import { realize } from '../entity/realize.ts';
import { isObject, type JsonObject, type StoredEntity } from '../entity/stored.ts';
import type { EntityType } from '../entity/types.ts';
import type { Visibility } from '../store/store.ts';
import { nowOf, type World } from '../world.ts';
import { write } from './journal.ts';
import { entityRefusal } from './refusals.ts';

export interface Update {
  readonly world: World;
  readonly identity: Identity;
  readonly type: EntityType;
  /** Short or long. */
  readonly id: string;
  readonly visibility: Visibility;
}

/**
 * Writes a stored entity anew, whole: what `change` makes of the one that can be seen, which may be older than the one
 * last written. Null when there is none. Throws the server's refusals.
 */
export function update(options: Update, change: (stored: StoredEntity) => unknown): StoredEntity | null {
  const { world, identity, type, id, visibility } = options;
  const previous = world.store.get(type, id);
  if (previous === null) return null;
  if (!canWrite(identity, previous)) throw accessRefusal('write');
  const { raw, reading } = readNewEntity(type, withoutSpans(change(previous)), 'alone', world.behaviour);
  if ('error' in reading) throw entityRefusal(reading.error, raw);
  const given =
    type === 'incident'
      ? { ...spansOf(previous), ...applyStatus(reading.entity, previous, nowOf(world)) }
      : reading.entity;
  const entity = realize(given, { type, id: previous.id, previous, identity, world });
  if (hasImmenseTerm(entity)) throw entityRefusal({ tier: 'store', error: 'illegal_argument_exception' }, raw);
  write(world, type, entity, previous, visibility);
  return entity;
}

/** What is given laid over what is stored: objects are merged, all else is replaced, lists too. */
export function mergeDeep(stored: unknown, given: unknown): unknown {
  if (!isObject(stored) || !isObject(given)) return given;
  const merged = Object.entries(given).map(([key, value]) => [key, mergeDeep(stored[key], value)]);
  return { ...stored, ...Object.fromEntries(merged) };
}

/** The spans of an incident are stored with it and belong to no schema. */
function withoutSpans(entity: unknown): unknown {
  if (!isObject(entity)) return entity;
  const { intervals: _, ...rest } = entity;
  return rest;
}

function spansOf({ intervals }: StoredEntity): JsonObject {
  return intervals === undefined ? {} : { intervals };
}
