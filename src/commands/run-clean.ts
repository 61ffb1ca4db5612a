import type { ArgumentsCamelCase } from 'yargs';
import type { EntityName, Stored } from '../ctia/ctia.ts';
import type { CleanOptions } from './clean.ts';
import type { ExitCode } from './command.ts';
import { isOwn } from './incidents/find.ts';
import { removeOrCount } from './remove-or-count.ts';
import { withSession } from './session.ts';

/** What Sightline makes; incidents last, since the others are found by them if the work breaks off. */
const TYPES = ['note', 'relationship', 'judgement', 'sighting', 'indicator', 'incident'] as const;

/** Carries out `sightline clean`. Each entity is looked at: a search takes no notice of case, and knows no prefixes. */
export function runClean(given: ArgumentsCamelCase<CleanOptions>): Promise<ExitCode> {
  return withSession(given, async ({ client, config }) => {
    const doomed: [EntityName, Stored[]][] = [];
    for (const name of TYPES) {
      const own: Stored[] = [];
      for await (const entity of client.entities(name).search({ source: given.source })) {
        if (entity.source === given.source && isOwn(entity, config.bundle.prefix)) own.push({ id: entity.id });
      }
      doomed.push([name, own]);
    }
    return removeOrCount(client, doomed, given.yes);
  });
}
