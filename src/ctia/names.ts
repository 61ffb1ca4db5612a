/** Entity types with the generic routes, by the name that stands in URLs and ids, and the key of their list in bundles. */
export const COLLECTIONS = {
  actor: 'actors',
  asset: 'assets',
  'asset-mapping': 'asset_mappings',
  'asset-properties': 'asset_properties',
  'attack-pattern': 'attack_patterns',
  campaign: 'campaigns',
  casebook: 'casebooks',
  coa: 'coas',
  feed: 'feeds',
  incident: 'incidents',
  indicator: 'indicators',
  investigation: 'investigations',
  judgement: 'judgements',
  malware: 'malwares',
  note: 'notes',
  relationship: 'relationships',
  sighting: 'sightings',
  'target-record': 'target_records',
  tool: 'tools',
  vulnerability: 'vulnerabilities',
} as const;
export type EntityName = keyof typeof COLLECTIONS;

const NAMES: ReadonlyMap<string, EntityName> = new Map(
  Object.entries(COLLECTIONS).map(([name, collection]) => [collection, name as EntityName]),
);

/** The entity type of a bundle's list; null for a key that is none. */
export function nameOfCollection(collection: string): EntityName | null {
  return NAMES.get(collection) ?? null;
}
