import type { Identity } from '../access/identity.ts';
import { longId, newShortId } from '../entity/ids.ts';
import { hasImmenseTerm } from '../entity/keyword-limit.ts';
import { type EntityError, type NewEntity, transientIdOf } from '../entity/new-entity.ts';
import { realize } from '../entity/realize.ts';
import type { JsonObject, StoredEntity } from '../entity/stored.ts';
import type { EntityType } from '../entity/types.ts';
import { json, Refusal } from '../http/answer.ts';
import type { Visibility } from '../store/store.ts';
import type { World } from '../world.ts';
import { write } from './journal.ts';

/** What became of one new entity. */
export type Outcome = { readonly created: StoredEntity } | { readonly error: EntityError };

/** What the entities of one request share while they are made. */
export interface Creation {
  readonly world: World;
  readonly identity: Identity;
  readonly visibility: Visibility;
  /** Says, for one entity after the other, whether the store takes it. */
  readonly admits: () => boolean;
}

/** Transient ids and the long ids they stand for. */
export type TempIds = ReadonlyMap<string, string>;

/**
 * Stores entities of one type; the outcomes are in their order. Ids are given out after the contents were checked and
 * before references are resolved, so that entities of this type can refer to one another. An id that the caller may not
 * choose refuses the whole request, whatever was stored before.
 */
export function createAll(
  creation: Creation,
  type: EntityType,
  entities: readonly NewEntity[],
  known: TempIds,
): { readonly outcomes: Outcome[]; readonly tempIds: TempIds } {
  const { world } = creation;
  const makeId = (): string => longId(world.behaviour.showUrl, type, newShortId(type, world.uuid));
  const own = new Map<string, string>();
  const identified = entities.map(({ raw, reading }) => {
    if ('error' in reading && reading.error.tier !== 'realize') return reading;
    const transientId = transientIdOf(raw);
    if (transientId === null) {
      assertNoOwnId(raw, world.behaviour.showUrl);
      return { reading, id: makeId(), transientId };
    }
    const id = own.get(transientId) ?? makeId();
    own.set(transientId, id);
    return { reading, id, transientId };
  });
  const visible: TempIds = new Map([...known, ...own]);
  const stored = new Map<string, string>();
  const outcomes = identified.map((item): Outcome => {
    if ('error' in item) return item;
    const outcome = store(creation, type, item.reading, item.id, visible);
    if ('created' in outcome && item.transientId !== null) stored.set(item.transientId, item.id);
    return outcome;
  });
  return { outcomes, tempIds: stored };
}

function store(
  { world, identity, visibility, admits }: Creation,
  type: EntityType,
  reading: NewEntity['reading'],
  id: string,
  tempIds: TempIds,
): Outcome {
  if ('error' in reading) return reading;
  const resolved = resolveRefs(type, reading.entity, tempIds);
  if ('error' in resolved) return resolved;
  const entity = realize(resolved.entity, { type, id, previous: null, identity, world });
  if (hasImmenseTerm(entity)) return refusedByStore('illegal_argument_exception');
  if (!admits()) return refusedByStore('es_rejected_execution_exception');
  write(world, type, entity, null, visibility);
  return { created: entity };
}

function refusedByStore(type: string): Outcome {
  return { error: { tier: 'store', error: { type } } };
}

/** The only references that are resolved; all others are stored as they were typed. */
function resolveRefs(type: EntityType, entity: JsonObject, tempIds: TempIds): NewEntity['reading'] {
  const resolve = (ref: unknown): unknown => (typeof ref === 'string' ? (tempIds.get(ref) ?? ref) : ref);
  const isTransient = (ref: unknown): boolean => typeof ref === 'string' && ref.startsWith('transient:');
  switch (type) {
    case 'relationship': {
      const [source_ref, target_ref] = [resolve(entity.source_ref), resolve(entity.target_ref)];
      if (!isTransient(source_ref) && !isTransient(target_ref))
        return { entity: { ...entity, source_ref, target_ref } };
      return unresolved(
        'A relationship cannot be created if a source or a target ref is still a transient ID ' +
          '(The source or target entity is probably not provided in the bundle)',
      );
    }
    case 'asset-mapping':
    case 'asset-properties': {
      const asset_ref = resolve(entity.asset_ref);
      if (!isTransient(asset_ref)) return { entity: { ...entity, asset_ref } };
      return unresolved(
        `Cannot resolve asset_ref for transient ID: '${asset_ref}', in '${entity.id ?? ''}'. ` +
          'Perhaps the associated Asset is missing in the Bundle?',
      );
    }
    default:
      return { entity };
  }
}

function unresolved(error: string): NewEntity['reading'] {
  return { error: { tier: 'realize', error } };
}

/** No scope lets a caller choose an id. What looks like an address is first asked for its host. */
function assertNoOwnId({ id, type }: JsonObject, showUrl: string): void {
  if (typeof id !== 'string' || id === '') return;
  const here = new URL(showUrl).hostname;
  if (id.startsWith('http') && hostOf(id) !== here) {
    throw new Refusal(json(400, { error: 'Invalid hostname in ID', id, 'this-host': here, entity: { id, type } }));
  }
  throw new Refusal(json(403, { error: 'Missing capability to specify entity ID', entity: { id, type } }));
}

/** As written: capitals count. */
function hostOf(id: string): string | null {
  return /^https?:\/\/([^/:?#]+)(?=[/:?#]|$)/.exec(id)?.[1] ?? null;
}
