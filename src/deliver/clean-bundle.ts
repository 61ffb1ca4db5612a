import { createHash } from 'node:crypto';
import { collectionsOf, isObject, type JsonObject, textsOf } from '../ctia/ctia.ts';
import { COLLECTIONS, type CtimFault, type CtimType, describeCtimFault, readEntity } from '../ctim/ctim.ts';

/** One entity in a form that an import takes; `ref` is the id by which others of its bundle refer to it. */
export interface CleanEntity {
  readonly type: CtimType;
  readonly ref: string;
  readonly entity: JsonObject;
}

export interface CleanBundle {
  readonly entities: readonly CleanEntity[];
  /** Entities left out, with the reason in words. */
  readonly leftOut: readonly string[];
}

/** Makes an external id of a type's name and what identifies the entity. */
export type NameOf = (type: string, facts: readonly string[]) => string;

export interface CleanOptions {
  /** Start of our external ids. An entity that has none of them gets one, so that it is known again. */
  readonly prefix: string;
  readonly nameOf: NameOf;
}

const REFS = ['source_ref', 'target_ref'];

/**
 * What an import refuses is taken out of a bundle that was exported: keys that the server sets itself, ids of its own,
 * types that have no place in an import, and relationships to those. Entities that are wrong otherwise are left out.
 */
export function cleanBundle(bundle: JsonObject, options: CleanOptions): CleanBundle {
  const entities: CleanEntity[] = [];
  const leftOut: string[] = [];
  const lost = new Set<unknown>();
  // Relationships last: by then it is known which ends are lost.
  const collections = collectionsOf(bundle).sort(
    ([a], [b]) => Number(a === 'relationship') - Number(b === 'relationship'),
  );
  for (const [type, , list] of collections) {
    for (const stored of list) {
      const cleaned = isImported(type) ? cleanEntity(type, stored, lost, options) : 'an import takes no such entity';
      if (typeof cleaned === 'string') {
        lost.add(stored.id);
        leftOut.push(`${type} ${String(stored.id ?? stored.title ?? '')}: ${cleaned}`);
      } else {
        entities.push(cleaned);
      }
    }
  }
  return { entities, leftOut };
}

function isImported(type: string): type is CtimType {
  return type in COLLECTIONS;
}

function cleanEntity(
  type: CtimType,
  stored: JsonObject,
  lost: ReadonlySet<unknown>,
  { prefix, nameOf }: CleanOptions,
): CleanEntity | string {
  if (REFS.some((field) => stored[field] !== undefined && lost.has(stored[field])))
    return 'one of its ends is left out';
  const ref = typeof stored.id === 'string' && stored.id !== '' ? stored.id : hashOf(stored);
  const own = textsOf(stored.external_ids);
  const isNamed = own.some((id) => id.startsWith(prefix));
  const entity = {
    ...stored,
    id: ref.startsWith('transient:') ? ref : `transient:${ref}`,
    external_ids: isNamed ? own : [...own, nameOf(type, ['imported', ref])],
  };
  const faults = faultsOf(type, entity);
  const unknown = faults.filter(({ code }) => code === 'disallowed-key');
  const cleaned = unknown.reduce<JsonObject>((value, { path }) => without(value, path), entity);
  const left = faultsOf(type, cleaned);
  return left.length === 0 ? { type, ref, entity: cleaned } : left.map(describeCtimFault).join('; ');
}

function faultsOf(type: CtimType, entity: JsonObject): readonly CtimFault[] {
  const reading = readEntity(type, entity, 'bundled');
  return 'faults' in reading ? reading.faults : [];
}

/** The same value without what lies at `path`. */
function without<Value>(value: Value, path: CtimFault['path']): Value {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return value;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>;
  if (rest.length === 0) delete copy[step];
  else copy[step] = without(copy[step], rest);
  return copy as Value;
}

function hashOf(entity: JsonObject): string {
  return createHash('sha256').update(JSON.stringify(entity)).digest('hex');
}

/** The entity with each reference replaced by the id that the server gave what it refers to. */
export function withIds(entity: JsonObject, ids: ReadonlyMap<string, string>): JsonObject {
  const replaced = (value: unknown): unknown => (typeof value === 'string' ? (ids.get(value) ?? value) : value);
  const refs = [...REFS, 'asset_ref'].filter((field) => field in entity);
  const related = Array.isArray(entity.related_entities) ? entity.related_entities.filter(isObject) : null;
  return {
    ...entity,
    ...Object.fromEntries(refs.map((field) => [field, replaced(entity[field])])),
    ...(related === null
      ? {}
      : { related_entities: related.map((it) => ({ ...it, entity_id: replaced(it.entity_id) })) }),
  };
}
