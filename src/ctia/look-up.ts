import type { Stored } from './answer.ts';
import { type BundleEntity, textsOf } from './bundle.ts';
import type { Caller } from './caller.ts';
import type { EntityName } from './names.ts';
import { quoteForQuery } from './path.ts';
import { searchEach } from './search.ts';

/** External ids in one search, and their length: they stand in the address, which gateways want below some 8 kB. */
const IDS_AT_ONCE = 40;
const CHARS_AT_ONCE = 4000;

/**
 * Long ids of what is stored already, by the entity of a bundle: the one that was stored first under one of its external
 * ids that begin with `prefix`, as an import goes by those alone. Takes about one search for each 40 of them of a type.
 */
export async function lookUp(
  caller: Caller,
  entities: readonly BundleEntity[],
  prefix: string,
): Promise<ReadonlyMap<BundleEntity, string>> {
  const ownIds = ({ externalIds }: BundleEntity): readonly string[] =>
    externalIds.filter((externalId) => externalId.startsWith(prefix));
  const found = new Map<BundleEntity, string>();
  for (const [type, list] of Map.groupBy(entities, (entity) => entity.type)) {
    const ids = await storedIds(caller, type, new Set(list.flatMap(ownIds)));
    for (const entity of list) {
      const id = ownIds(entity)
        .map((externalId) => ids.get(externalId))
        .find((known) => known !== undefined);
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
  for (const batch of batches(externalIds)) {
    const query = `external_ids:(${batch.map(quoteForQuery).join(' OR ')})`;
    for await (const stored of searchEach(caller, type, { query }, {})) note(stored);
  }
  return ids;

  function note(stored: Stored): void {
    for (const externalId of textsOf(stored.external_ids)) {
      if (externalIds.has(externalId) && !ids.has(externalId)) ids.set(externalId, stored.id);
    }
  }
}

function* batches(externalIds: Iterable<string>): Generator<readonly string[]> {
  let batch: string[] = [];
  let chars = 0;
  for (const externalId of externalIds) {
    const length = encodeURIComponent(externalId).length;
    if (batch.length === IDS_AT_ONCE || (batch.length > 0 && chars + length > CHARS_AT_ONCE)) {
      yield batch;
      [batch, chars] = [[], 0];
    }
    batch.push(externalId);
    chars += length;
  }
  if (batch.length > 0) yield batch;
}
