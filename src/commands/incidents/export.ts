import type { ArgumentsCamelCase } from 'yargs';
import { COLLECTIONS, collectIncident, type EntityName, type Stored } from '../../ctia/ctia.ts';
import type { ExitCode } from '../command.ts';
import type { ExportOptions } from '../incidents.ts';
import { printJson } from '../print.ts';
import { withSession } from '../session.ts';
import { requireIncident } from './find.ts';

/** Carries out `sightline incidents export`: everything that hangs on the incidents, once, as a bundle. */
export function exportIncidents(given: ArgumentsCamelCase<ExportOptions>): Promise<ExitCode> {
  return withSession(given, async ({ client, config }) => {
    const all = new Map<string, Stored>();
    for (const id of given.ids) {
      const { incident, entities, relationships, notes } = await collectIncident(
        client,
        await requireIncident(client, id),
      );
      for (const entity of [incident, ...entities.values(), ...notes, ...relationships]) all.set(entity.id, entity);
    }
    await printJson({ type: 'bundle', source: config.bundle.source, ...byCollection(all.values()) });
    return 0;
  });
}

function byCollection(entities: Iterable<Stored>): Readonly<Record<string, readonly Stored[] | undefined>> {
  return Object.groupBy(entities, ({ type }) => COLLECTIONS[type as EntityName]);
}
