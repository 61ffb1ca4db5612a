import type { NewEntity } from '../entity/new-entity.ts';
import type { EntityType } from '../entity/types.ts';
import { shuffle } from '../random.ts';
import { type Creation, createAll, type Outcome, type TempIds } from './create.ts';

const LAST_WAVES: readonly (readonly EntityType[])[] = [['asset-mapping', 'asset-properties'], ['relationship']];

/**
 * Stores entities of several types in three waves, so that what refers comes after what it refers to: a wave knows the
 * transient ids of the waves before. The types of one wave come in no fixed order, as the server takes them at once.
 */
export function createInWaves(
  creation: Creation,
  entities: readonly NewEntity[],
  known: TempIds,
): { readonly outcomes: ReadonlyMap<NewEntity, Outcome>; readonly tempIds: TempIds } {
  const byType = Map.groupBy(entities, ({ type }) => type);
  const late = LAST_WAVES.flat();
  const waves = [[...byType.keys()].filter((type) => !late.includes(type)), ...LAST_WAVES];
  const outcomes = new Map<NewEntity, Outcome>();
  let tempIds = known;
  for (const wave of waves) {
    const found = new Map(tempIds);
    for (const type of shuffle(wave, creation.world.random)) {
      const list = byType.get(type) ?? [];
      const created = createAll(creation, type, list, tempIds);
      for (const [transientId, id] of created.tempIds) found.set(transientId, id);
      for (const [i, outcome] of created.outcomes.entries()) {
        const entity = list[i];
        if (entity !== undefined) outcomes.set(entity, outcome);
      }
    }
    tempIds = found;
  }
  return { outcomes, tempIds };
}
