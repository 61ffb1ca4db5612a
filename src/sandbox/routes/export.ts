import { canRead } from '../access/access.ts';
import type { Identity } from '../access/identity.ts';
import { typeOfId } from '../entity/ids.ts';
import { shown } from '../entity/shown.ts';
import { isObject, type JsonObject, type StoredEntity } from '../entity/stored.ts';
import { ENTITY_TYPES, isEntityType, typeFacts } from '../entity/types.ts';
import { type Answer, json, ShapeRefusal } from '../http/answer.ts';
import { bodyOf, checkQuery, type SignedCall } from '../http/call.ts';
import { type Route, signed } from '../http/router.ts';
import type { World } from '../world.ts';

const ENDS = ['source_ref', 'target_ref'] as const;
/** Types that the server names, those that are switched off among them. */
const TYPE_NAMES = [
  ...ENTITY_TYPES.filter((type) => type !== 'relationship'),
  'data-table',
  'feedback',
  'identity-assertion',
  'weakness',
];
const PARAMETERS = {
  related_to: ENDS,
  source_type: TYPE_NAMES,
  target_type: TYPE_NAMES,
  include_related_entities: 'flag',
} as const;
const CAPABILITIES = ENTITY_TYPES.map((type) => `read-${type}`);

/** Entities as a bundle, with their relationships of one hop and the other ends of those. */
export function exportRoutes(world: World): Route[] {
  return [
    signed('GET', '/ctia/bundle/export', CAPABILITIES, (call) => {
      checkQuery(call.query, { ids: 'texts', ...PARAMETERS });
      if (!call.query.has('ids')) throw new ShapeRefusal({ ids: 'missing-required-key' });
      return exportBundle(world, call, call.query.getAll('ids'));
    }),
    signed('POST', '/ctia/bundle/export', CAPABILITIES, (call) => {
      checkQuery(call.query, PARAMETERS);
      return exportBundle(world, call, readIds(bodyOf(call)));
    }),
  ];
}

function readIds(body: unknown): string[] {
  if (!isObject(body)) throw new ShapeRefusal('(not (map? a-body))');
  const { ids, ...rest } = body;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new ShapeRefusal({ [unknown]: 'disallowed-key' });
  if (ids === undefined) throw new ShapeRefusal({ ids: 'missing-required-key' });
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string'))
    throw new ShapeRefusal({ ids: '(not (sequential? a-value))' });
  return ids;
}

/** Ids that are unknown, removed or not the caller's to read are left out without a word. */
function exportBundle(world: World, { query, identity }: SignedCall, ids: readonly string[]): Answer {
  const found = new Map<string, StoredEntity>();
  const follow = query.get('include_related_entities') !== 'false';
  const take = (id: string): StoredEntity | null => {
    const entity = find(world, identity, id);
    if (entity !== null) found.set(entity.id, entity);
    return entity;
  };
  for (const id of ids) {
    if (take(id) === null || !follow) continue;
    for (const relationship of relationshipsOf(world, identity, id, query)) {
      found.set(relationship.id, relationship);
      for (const end of ENDS) take(String(relationship[end]));
    }
  }
  return json(200, { type: 'bundle', source: 'ctia', ...collectionsOf([...found.values()]) });
}

/** Those that name the id at one of their ends, letter for letter; the newest ones, as far as the limit goes. */
function relationshipsOf(world: World, identity: Identity, id: string, query: URLSearchParams): StoredEntity[] {
  const { maxRecordVisibility, maxRelationships } = world.behaviour;
  const ends = query.has('related_to') ? query.getAll('related_to') : ENDS;
  const isOf = (ref: unknown, types: readonly string[]): boolean =>
    types.length === 0 || types.some((type) => String(ref).includes(type));
  return world.store
    .all('relationship')
    .filter(
      (it) =>
        ends.some((end) => it[end] === id) &&
        isOf(it.source_ref, query.getAll('source_type')) &&
        isOf(it.target_ref, query.getAll('target_type')) &&
        canRead(identity, it, maxRecordVisibility),
    )
    .sort((a, b) => (a.timestamp < b.timestamp ? 1 : a.timestamp > b.timestamp ? -1 : 0))
    .slice(0, maxRelationships);
}

/** Ids of other servers are found nowhere. */
function find(world: World, identity: Identity, id: string): StoredEntity | null {
  const { showUrl, maxRecordVisibility } = world.behaviour;
  const type = typeOfId(id);
  if (type === null || !isEntityType(type)) return null;
  const entity = world.store.get(type, id);
  if (entity === null || !canRead(identity, entity, maxRecordVisibility)) return null;
  const isHere = !id.includes('/') || URL.parse(id)?.hostname === new URL(showUrl).hostname;
  return isHere ? entity : null;
}

function collectionsOf(entities: readonly StoredEntity[]): Record<string, JsonObject[]> {
  const collections: Record<string, JsonObject[]> = {};
  for (const entity of entities) {
    if (!isEntityType(entity.type)) throw new Error(`no entity type ${entity.type}`);
    const { plural } = typeFacts(entity.type);
    collections[plural] = [...(collections[plural] ?? []), shown(entity)];
  }
  return collections;
}
