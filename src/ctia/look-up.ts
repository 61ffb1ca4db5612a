import type { Stored } from './answer.ts';
import { type BundleEntity, textsOf } from './bundle.ts';
import type { Caller } from './caller.ts';
import type { EntityName } from './names.ts';
import { quoteForQuery } from './path.ts';
import { searchPages } from './search.ts';

/** External ids in one search: they stand in the address, which gateways want below some 8 kB. */
const IDS_AT_ONCE = 40;

/**
 * Long ids of what is stored already, by the entity of a bundle: the one that was stored first under one of its external
 * ids. Takes one search for each 40 external ids of a type.
 */
export async function lookUp(
  caller: Caller,
  entities: readonly BundleEntity[],
): Promise<ReadonlyMap<BundleEntity, string>> {
  const found = new Map<BundleEntity, string>();
  for (const [type, list] of Map.groupBy(entities, (entity) => entity.type)) {
    const ids = await storedIds(caller, type, new Set(list.flatMap(({ externalIds }) => externalIds)));
    for (const entity of list) {
      const id = entity.externalIds.map((externalId) => ids.get(externalId)).find((known) => known !== undefined);
      if (id !== undefined) found.set(entity, id);
    }
  }
  return found;
}

/** The search takes no notice of case; an import does. */
async function storedIds(
  caller: Caller,
  type: EntityName,
  externalIds: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  const wanted = [...externalIds];
  for (let at = 0; at < wanted.length; at += IDS_AT_ONCE) {
    const terms = wanted.slice(at, at + IDS_AT_ONCE).map(quoteForQuery);
    const query = `external_ids:(${terms.join(' OR ')})`;
    for await (const stored of searchPages(caller, type, { query }, {})) note(stored);
  }
  return ids;

  function note(stored: Stored): void {
    for (const externalId of textsOf(stored.external_ids)) {
      if (externalIds.has(externalId) && !ids.has(externalId)) ids.set(externalId, stored.id);
    }
  }
}
