import { isObject, type JsonObject, type Stored } from './answer.ts';
import { textsOf } from './bundle.ts';
import type { CtiaClient } from './client.ts';
import { COLLECTIONS, type EntityName } from './names.ts';

/** Ids in one request. */
const REMOVED_AT_ONCE = 100;

/** What came of removing entities: those that were gone before count as neither. */
export interface Removal {
  readonly removed: number;
  /** Long ids that the server would not remove. */
  readonly refused: readonly string[];
}

/** Removes entities of one type, many at a time. */
export async function removeEntities(
  client: Pick<CtiaClient, 'bulk'>,
  name: EntityName,
  entities: readonly Stored[],
): Promise<Removal> {
  let removed = 0;
  const refused: string[] = [];
  for (let at = 0; at < entities.length; at += REMOVED_AT_ONCE) {
    const ids = entities.slice(at, at + REMOVED_AT_ONCE).map(({ id }) => id);
    const outcome = (await client.bulk.remove({ [name]: ids }))[COLLECTIONS[name]];
    if (!isObject(outcome)) continue;
    const errors: JsonObject = isObject(outcome.errors) ? outcome.errors : {};
    removed += textsOf(outcome.deleted).length;
    refused.push(...textsOf(errors.forbidden), ...textsOf(errors['internal-error']));
  }
  return { removed, refused };
}
