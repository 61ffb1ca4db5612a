import { type CtiaClient, type EntityName, removeEntities, type Stored } from '../ctia/ctia.ts';
import { plural } from '../report/report.ts';
import type { ExitCode } from './command.ts';
import { print, tellPerson } from './print.ts';

/** What is to be removed, in this order. */
export type Doomed = readonly (readonly [EntityName, readonly Stored[]])[];

/** Removes, or without `yes` only says what would be. */
export async function removeOrCount(client: CtiaClient, doomed: Doomed, yes: boolean): Promise<ExitCode> {
  const total = doomed.reduce((sum, [, entities]) => sum + entities.length, 0);
  if (!yes) {
    await print(doomed.map(([name, entities]) => `would delete ${plural(entities.length, name)}`));
    if (total > 0) tellPerson('Nothing was deleted. Add --yes to do it.');
    return 0;
  }
  let failed = 0;
  for (const [name, entities] of doomed) {
    const { removed, refused } = await removeEntities(client, name, entities);
    failed += refused.length;
    await print([`deleted ${plural(removed, name)}`]);
    for (const id of refused) tellPerson(`the server would not delete ${id}`);
  }
  return failed > 0 ? 1 : 0;
}
