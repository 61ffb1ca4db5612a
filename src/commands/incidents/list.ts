import type { ArgumentsCamelCase } from 'yargs';
import { type Filters, type Stored, shortIdOf } from '../../ctia/ctia.ts';
import type { ExitCode } from '../command.ts';
import type { ListOptions } from '../incidents.ts';
import { print, printJson } from '../print.ts';
import { withSession } from '../session.ts';
import { shorten, table } from '../table.ts';
import { parseTime } from '../times.ts';
import { textOf } from './find.ts';

const MAX_TITLE = 100;
const MAX_PAGE = 100;

/** Carries out `sightline incidents list`. */
export function listIncidents(given: ArgumentsCamelCase<ListOptions>): Promise<ExitCode> {
  const filters: Filters = {
    status: given.status,
    assignees: given.assignee,
    source: given.source,
    simple_query: given.query,
    from: given.since === undefined ? undefined : new Date(parseTime(given.since, '--since')).toISOString(),
  };
  return withSession(given, async ({ client }) => {
    const found: Stored[] = [];
    const search = client
      .entities('incident')
      .search(filters, { sortBy: ['created:desc'], pageSize: Math.min(given.limit, MAX_PAGE) });
    for await (const incident of search) {
      found.push(incident);
      if (found.length === given.limit) break;
    }
    if (given.json) await printJson(found);
    else await print(found.length === 0 ? ['No incidents.'] : rowsOf(found));
    return 0;
  });
}

function rowsOf(incidents: readonly Stored[]): string[] {
  return table(
    ['CREATED', 'SEVERITY', 'STATUS', 'ID', 'TITLE'],
    incidents.map(({ created, severity, status, id, title }) => [
      textOf(created).slice(0, 16).replace('T', ' '),
      textOf(severity) || '-',
      textOf(status),
      shortIdOf(id),
      shorten(textOf(title), MAX_TITLE),
    ]),
  );
}
