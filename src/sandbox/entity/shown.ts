import type { JsonObject, StoredEntity } from './stored.ts';

/** An entity as it goes out: without the spans that only a metric shows. */
export function shown({ intervals: _, ...entity }: StoredEntity): JsonObject {
  return entity;
}

/** Only some of its fields, named by dotted paths; its id and what access depends on are always among them. */
export function project(entity: JsonObject, fields: readonly string[]): JsonObject {
  if (fields.length === 0) return entity;
  const paths = [...ALWAYS, ...fields].map((field) => field.split('.'));
  return pick(entity, paths) as JsonObject; // An object picked from is an object.
}

const ALWAYS = ['id', 'owner', 'groups', 'tlp', 'authorized_users', 'authorized_groups'];

function pick(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (paths.some((path) => path.length === 0)) return value;
  if (Array.isArray(value)) return value.map((item) => pick(item, paths));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const deeper = paths.filter(([head]) => head === key).map((path) => path.slice(1));
      return deeper.length === 0 ? [] : [[key, pick(inner, deeper)]];
    }),
  );
}
