import type { ArgumentsCamelCase } from 'yargs';
import { collectIncident, type IncidentGraph } from '../../ctia/ctia.ts';
import type { ExitCode } from '../command.ts';
import type { ShowOptions } from '../incidents.ts';
import { print, printJson } from '../print.ts';
import { withSession } from '../session.ts';
import { describeGraph } from './describe.ts';
import { requireIncident } from './find.ts';

/** Carries out `sightline incidents show`. */
export function showIncident(given: ArgumentsCamelCase<ShowOptions>): Promise<ExitCode> {
  return withSession(given, async ({ client }) => {
    const graph = await collectIncident(client, await requireIncident(client, given.id));
    if (given.json) await printJson(toObject(graph));
    else await print(describeGraph(graph));
    return 0;
  });
}

function toObject({ incident, entities, relationships, notes }: IncidentGraph): object {
  return { incident, entities: [...entities.values()], relationships, notes };
}
