import { isObject, type JsonObject } from './answer.ts';
import { CtiaError } from './ctia-error.ts';
import { type EntityName, nameOfCollection } from './names.ts';

/** One entity of a bundle, as far as sending it goes. */
export interface BundleEntity {
  readonly type: EntityName;
  readonly transientId: string | null;
  readonly externalIds: readonly string[];
  /** Transient ids that it refers to. */
  readonly refs: readonly string[];
}

/** The references that an import resolves. */
const REF_FIELDS = ['source_ref', 'target_ref', 'asset_ref'];

/** Lists a bundle's entities, in its order. Throws CtiaError `bad-options` for what is no JSON object. */
export function readBundle(body: string): BundleEntity[] {
  return collectionsOf(parseBundle(body)).flatMap(([type, , entities]) =>
    entities.map((entity) => describe(type, entity)),
  );
}

/** Part of a bundle that can be imported by itself; entities are told by their places in the list of the whole one. */
export interface Subset {
  readonly body: string;
  /** Of the entities in it, in its order. */
  readonly places: readonly number[];
}

/**
 * The bundle without the entities that those at `wanted` places do not need: it holds them, and those that they refer to
 * (which the server knows by then and links to).
 */
export function subsetOf(body: string, wanted: ReadonlySet<number>): Subset {
  const bundle = parseBundle(body);
  const entities = readBundle(body);
  const refs = new Set(entities.filter((_, place) => wanted.has(place)).flatMap((entity) => entity.refs));
  const places = entities.flatMap(({ transientId }, place) =>
    wanted.has(place) || refs.has(transientId ?? '') ? [place] : [],
  );
  const kept = new Set(places);
  let place = 0;
  const collections = collectionsOf(bundle).map(([, collection, list]): [string, JsonObject[]] => [
    collection,
    list.filter(() => kept.has(place++)),
  ]);
  return { body: JSON.stringify({ ...bundle, ...Object.fromEntries(collections) }), places };
}

/** A bundle as an object. Throws CtiaError `bad-options` for what is no JSON object. */
export function parseBundle(body: string): JsonObject {
  let bundle: unknown = null;
  try {
    bundle = JSON.parse(body);
  } catch (cause) {
    throw new CtiaError('bad-options', 'a bundle must be JSON', { cause });
  }
  if (!isObject(bundle)) throw new CtiaError('bad-options', 'a bundle must be a JSON object');
  return bundle;
}

/** The lists of a bundle that hold entities: type, key, entities. `verdicts` and `..._refs` are none, the server drops those. */
export function collectionsOf(bundle: JsonObject): [EntityName, string, JsonObject[]][] {
  return Object.entries(bundle).flatMap(([collection, list]): [EntityName, string, JsonObject[]][] => {
    const type = nameOfCollection(collection);
    return type === null || !Array.isArray(list) ? [] : [[type, collection, list.filter(isObject)]];
  });
}

function describe(type: EntityName, entity: JsonObject): BundleEntity {
  return {
    type,
    transientId: isTransient(entity.id) ? entity.id : null,
    externalIds: textsOf(entity.external_ids),
    refs: REF_FIELDS.map((field) => entity[field]).filter(isTransient),
  };
}

export function isTransient(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('transient:');
}

export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
