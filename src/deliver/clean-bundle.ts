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
  /** Entities left out for their type, which no import takes, or an end that is left out; with the reason in words. */
  readonly leftOut: readonly string[];
  /** Entities left out for their faults, likewise. */
  readonly faulty: readonly string[];
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
  const faulty: string[] = [];
  const lost = new Set<unknown>();
  // Relationships last: by then it is known which ends are lost.
  const collections = collectionsOf(bundle).sort(
    ([a], [b]) => Number(a === 'relationship') - Number(b === 'relationship'),
  );
  for (const [type, , list] of collections) {
    for (const stored of list) {
      const leaveOut = (list: string[], why: string): void => {
        lost.add(stored.id);
        list.push(`${type} ${String(stored.id ?? stored.title ?? '')}: ${why}`);
      };
      if (!isImported(type)) leaveOut(leftOut, 'an import takes no such entity');
      else if (hasLostEnd(stored, lost)) leaveOut(leftOut, 'one of its ends is left out');
      else {
        const cleaned = cleanEntity(type, stored, options);
        if (typeof cleaned === 'string') leaveOut(faulty, cleaned);
        else entities.push(cleaned);
      }
    }
  }
  return { entities, leftOut, faulty };
}

function isImported(type: string): type is CtimType {
  return type in COLLECTIONS;
}

function hasLostEnd(stored: JsonObject, lost: ReadonlySet<unknown>): boolean {
  return REFS.some((field) => stored[field] !== undefined && lost.has(stored[field]));
}

/** Faults in words where it cannot be made clean. */
function cleanEntity(type: CtimType, stored: JsonObject, { prefix, nameOf }: CleanOptions): CleanEntity | string {
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
