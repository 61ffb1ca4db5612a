import { COLLECTIONS, type CtimType, checkBundleShape } from '../../ctim/ctim.ts';
import { canRead } from '../access/access.ts';
import { collapse } from '../entity/canonical.ts';
import { externalIdsOf, type NewEntity, readNewEntity, transientIdOf } from '../entity/new-entity.ts';
import { shapeRefusal } from '../entity/shape.ts';
import { isObject, type JsonObject, type StoredEntity } from '../entity/stored.ts';
import { Refusal, ShapeRefusal, text } from '../http/answer.ts';
import { shuffle } from '../random.ts';
import type { Creation, Outcome } from './create.ts';
import { createInWaves } from './waves.ts';

/** One line of an import's answer. */
export interface ImportResult {
  readonly original_id?: string;
  readonly id?: string;
  readonly result: 'created' | 'exists' | 'error';
  readonly type: string;
  readonly external_ids?: readonly string[];
  readonly error?: string | { readonly type: string };
  readonly msg?: string;
}

const TYPES = Object.keys(COLLECTIONS) as CtimType[];
/** To the server these lists are sets. */
const SETS: ReadonlySet<string> = new Set([...Object.values(COLLECTIONS), 'verdicts']);

interface Record {
  readonly entity: NewEntity;
  /** External ids by which it is looked up. */
  readonly candidates: readonly string[];
  readonly existing: StoredEntity | null;
}

/**
 * Imports a bundle. Each entity is looked up once, before anything is written; what exists stays as it is. `prefixes`:
 * the value of `external-key-prefixes`. Throws for a bundle that is refused as a whole, which may be in the middle.
 */
export function importBundle(creation: Creation, bundle: unknown, prefixes: string | null): ImportResult[] {
  const { world } = creation;
  const records = readBundle(creation, bundle, prefixes);
  const existing = records.filter((record) => record.existing !== null);
  const fresh = records.filter((record) => record.existing === null);
  const known = new Map(
    existing.flatMap(({ entity, existing: stored }): [string, string][] => {
      const transientId = transientIdOf(entity.raw);
      return transientId === null || stored === null ? [] : [[transientId, stored.id]];
    }),
  );
  const { outcomes } = createInWaves(
    creation,
    fresh.map(({ entity }) => entity),
    known,
  );
  const results = records.map((record) => resultOf(record, outcomes.get(record.entity)));
  return shuffle(results, world.random);
}

function readBundle(creation: Creation, bundle: unknown, prefixes: string | null): Record[] {
  const { behaviour } = creation.world;
  const faults = checkBundleShape(bundle);
  if (faults.length > 0) throw shapeRefusal(faults, SETS);
  if (!isObject(bundle)) throw new ShapeRefusal('(not (map? a-body))');
  const entities = TYPES.flatMap((type) => {
    const list = bundle[COLLECTIONS[type]];
    const read = (Array.isArray(list) ? list : []).map((raw) => readNewEntity(type, raw, 'bundled', behaviour));
    return collapse(read, equalityOf);
  });
  if (entities.length > behaviour.maxEntities) {
    throw new Refusal(text(400, `Bundle max nb of entities: ${behaviour.maxEntities}`));
  }
  return entities.map((entity) => {
    const candidates = candidatesOf(entity.raw, prefixes);
    return { entity, candidates, existing: lookUp(creation, entity, candidates) };
  });
}

/** Entities are compared as they were read; one that is not to be stored, as it was sent. */
function equalityOf({ raw, reading }: NewEntity): JsonObject {
  return 'entity' in reading ? reading.entity : raw;
}

/** With prefixes, those that begin with one, prefix after prefix: one that fits twice stands twice. */
function candidatesOf(raw: JsonObject, prefixes: string | null): string[] {
  const externalIds = externalIdsOf(raw);
  if (prefixes === null) return externalIds;
  return prefixes
    .split(',')
    .map((prefix) => prefix.trim())
    .flatMap((prefix) => externalIds.filter((externalId) => externalId.startsWith(prefix)));
}

/** The first hit counts, however many there are. */
function lookUp(
  { world, identity }: Creation,
  { type }: NewEntity,
  candidates: readonly string[],
): StoredEntity | null {
  const { maxRecordVisibility, shuffleLookup } = world.behaviour;
  for (const candidate of candidates) {
    const stored = world.store.byExternalId(type, candidate);
    const found = stored.filter((entity) => canRead(identity, entity, maxRecordVisibility));
    const [first] = shuffleLookup ? shuffle(found, world.random) : found;
    if (first !== undefined) return first;
  }
  return null;
}

function resultOf({ entity, candidates, existing }: Record, outcome: Outcome | undefined): ImportResult {
  const transientId = transientIdOf(entity.raw);
  const common = {
    type: entity.type,
    ...(transientId === null ? {} : { original_id: transientId }),
    ...(candidates.length === 0 ? {} : { external_ids: candidates }),
  };
  if (existing !== null) return { ...common, result: 'exists', id: existing.id };
  if (outcome === undefined) throw new Error(`a ${entity.type} was forgotten`);
  if ('created' in outcome) return { ...common, result: 'created', id: outcome.created.id };
  const { error, msg } = outcome.error;
  return { ...common, result: 'error', error, ...(msg === undefined ? {} : { msg }) };
}
