import { COLLECTIONS as BUNDLED } from '../vocabulary/vocabulary.ts';

/** Entity types with the generic routes, by the name that stands in URLs and ids, and the key of their list in bundles. */
export const COLLECTIONS = {
  ...BUNDLED,
  casebook: 'casebooks',
  feed: 'feeds',
  investigation: 'investigations',
} as const;
export type EntityName = keyof typeof COLLECTIONS;

const NAMES: ReadonlyMap<string, EntityName> = new Map(
  Object.entries(COLLECTIONS).map(([name, collection]) => [collection, name as EntityName]),
);

/** The entity type of a bundle's list; null for a key that is none. */
export function nameOfCollection(collection: string): EntityName | null {
  return NAMES.get(collection) ?? null;
}
