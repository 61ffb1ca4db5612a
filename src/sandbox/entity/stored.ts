/** JSON as it goes in and out. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** An entity as it is kept and shown: what came in, and what the server sets. Never changed in place. */
export interface StoredEntity extends JsonObject {
  /** Long. */
  readonly id: string;
  readonly type: string;
  readonly owner: string;
  readonly groups: readonly string[];
  readonly tlp: string;
  readonly created: string;
  readonly modified: string;
  readonly timestamp: string;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The texts of a list; nothing of what is none. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The values at a dotted path, lists opened on the way. */
export function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  const [key, ...rest] = path;
  if (key === undefined) return value === undefined ? [] : [value];
  return isObject(value) && Object.hasOwn(value, key) ? valuesAt(value[key], rest) : [];
}
