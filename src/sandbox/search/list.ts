import { canRead } from '../access/access.ts';
import type { Identity } from '../access/identity.ts';
import { project, shown } from '../entity/shown.ts';
import type { StoredEntity } from '../entity/stored.ts';
import { type EntityType, typeFacts } from '../entity/types.ts';
import { type Answer, json } from '../http/answer.ts';
import type { StoredType } from '../store/store.ts';
import type { World } from '../world.ts';
import type { Test } from './lucene.ts';
import { pageOf } from './page.ts';
import { EVENT_FIELDS } from './parameters.ts';
import { readSort, type SortKey } from './sort.ts';

/** What the caller may read of a type, as far as a refresh has made it visible. */
export function readable(world: World, identity: Identity, type: StoredType, test: Test): StoredEntity[] {
  const { maxRecordVisibility } = world.behaviour;
  return world.store.all(type).filter((entity) => canRead(identity, entity, maxRecordVisibility) && test(entity));
}

/** A page of entities as the list routes answer: a bare array, all else in headers. */
export function listAnswer(
  found: readonly StoredEntity[],
  type: StoredType,
  query: URLSearchParams,
  world: World,
): Answer {
  const page = pageOf(found, sortKeysOf(type, query), query, world.behaviour);
  const fields = query.getAll('fields');
  return json(
    200,
    page.entities.map((entity) => project(shown(entity), fields)),
    page.headers,
  );
}

export function sortKeysOf(type: StoredType, query: URLSearchParams): SortKey[] {
  return readSort(query.get('sort_by') ?? defaultSort(type), query.get('sort_order'), sortableOf(type));
}

function defaultSort(type: StoredType): string {
  if (type === 'relationship') return 'created,id';
  return type === 'event' ? 'timestamp,id' : 'timestamp,created,id';
}

function sortableOf(type: StoredType): Set<string> {
  const own = type === 'event' ? EVENT_FIELDS : ownFields(type);
  return new Set([...own, 'created', 'modified', 'owner']);
}

function ownFields(type: EntityType): string[] {
  const { fields, enumerable, dates } = typeFacts(type);
  return [...fields, ...enumerable, ...dates];
}
