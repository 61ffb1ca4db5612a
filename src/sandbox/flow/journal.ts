import { canonicalText } from '../entity/canonical.ts';
import { longId, newShortId } from '../entity/ids.ts';
import { shown } from '../entity/shown.ts';
import type { JsonObject, StoredEntity } from '../entity/stored.ts';
import type { EntityType } from '../entity/types.ts';
import type { Visibility } from '../store/store.ts';
import { nowOf, type World } from '../world.ts';

type EventType = 'record-created' | 'record-updated' | 'record-deleted';

/** What the server sets or moves at every write, so that it tells nothing. */
const UNTOLD = new Set(['modified', 'id', 'type']);

/** Stores an entity and an event that tells of it. */
export function write(
  world: World,
  type: EntityType,
  entity: StoredEntity,
  previous: StoredEntity | null,
  visibility: Visibility,
): void {
  world.store.put(type, entity, visibility);
  if (previous === null) tell(world, 'record-created', entity, {}, visibility);
  else tell(world, 'record-updated', entity, { fields: changesOf(previous, entity) }, visibility);
}

/** Removes an entity and stores an event that tells of it. */
export function erase(world: World, type: EntityType, entity: StoredEntity, visibility: Visibility): void {
  world.store.remove(type, entity, visibility);
  tell(world, 'record-deleted', entity, {}, visibility);
}

function tell(
  world: World,
  eventType: EventType,
  entity: StoredEntity,
  more: JsonObject,
  visibility: Visibility,
): void {
  const now = nowOf(world);
  const event: StoredEntity = {
    id: longId(world.behaviour.showUrl, 'event', newShortId('event', world.uuid)),
    type: 'event',
    event_type: eventType,
    owner: entity.owner,
    groups: entity.groups,
    tlp: entity.tlp,
    timestamp: now,
    created: now,
    modified: now,
    entity: shown(entity),
    ...more,
  };
  world.store.put('event', event, visibility);
}

function changesOf(before: StoredEntity, after: StoredEntity): JsonObject[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => !UNTOLD.has(field));
  return fields.flatMap((field) => {
    const [old, fresh] = [before[field], after[field]];
    if (canonicalText(old ?? null) === canonicalText(fresh ?? null)) return [];
    const action = old === undefined ? 'added' : fresh === undefined ? 'deleted' : 'modified';
    return [{ field, action, change: { before: old ?? null, after: fresh ?? null } }];
  });
}
