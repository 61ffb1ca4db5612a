import { existsSync } from 'node:fs';
import type { ArgumentsCamelCase } from 'yargs';
import { loadConfig, readEnvironment } from '../../config.ts';
import { shortIdOf } from '../../ctia/ctia.ts';
import { SightlineError } from '../../model/errors.ts';
import { plural } from '../../report/report.ts';
import { openState, type State } from '../../state/state.ts';
import { type SyncStatus, tendSync } from '../../sync/sync.ts';
import type { ExitCode } from '../command.ts';
import type { StateFileOptions } from '../outbox.ts';
import { print, printJson } from '../print.ts';
import type { RetryOptions, StatusOptions, UnlinkOptions } from '../sync.ts';
import { shorten, table } from '../table.ts';
import { syncStatePath } from './open-sync.ts';

const MAX_REASON = 120;

/** Carries out `sightline sync status`. */
export function showStatus(given: ArgumentsCamelCase<StatusOptions>): Promise<ExitCode> {
  return withSyncState(given, 'read', async (state) => {
    const status = tendSync(state).status();
    if (given.json) await printJson(status);
    else await print(describeStatus(status, (id) => tendSync(state).pair(id)?.ticketId ?? '-'));
    return 0;
  });
}

/** Carries out `sightline sync retry`. */
export function retryIncidents(given: ArgumentsCamelCase<RetryOptions>): Promise<ExitCode> {
  return withSyncState(given, 'share', async (state) => {
    const count = tendSync(state).retry(given.all ? null : given.ids);
    await print([`${count} to be tried at once, by the process that syncs`]);
    return 0;
  });
}

/** Carries out `sightline sync unlink`: all of them, or none when one has no ticket. */
export function unlinkIncidents(given: ArgumentsCamelCase<UnlinkOptions>): Promise<ExitCode> {
  return withSyncState(given, 'share', async (state) => {
    const lines = state.transact(() =>
      given.ids.map((id) => {
        const ticket = tendSync(state).pair(id)?.ticketId;
        if (!tendSync(state).unlink(id) || ticket === undefined) {
          throw new SightlineError('not-found', `${id} has no ticket; nothing was unlinked`);
        }
        return `${shortIdOf(id)} and ticket ${ticket} do not follow each other any more`;
      }),
    );
    await print(lines);
    return 0;
  });
}

async function withSyncState(
  given: StateFileOptions,
  access: 'read' | 'share',
  work: (state: State) => Promise<ExitCode>,
): Promise<ExitCode> {
  const environment = readEnvironment();
  const path = syncStatePath(loadConfig(given.config ?? null, environment, []), environment, given.state);
  if (!existsSync(path)) {
    throw new SightlineError('no-state', `there is no ${path}; sightline sync makes it, or name yours with --state`);
  }
  const state = openState(path, { access });
  try {
    return await work(state);
  } finally {
    state.close();
  }
}

function describeStatus({ pairs, work, holds }: SyncStatus, ticketOf: (incidentId: string) => string): string[] {
  const parked = work.filter((one) => one.parked).length;
  const rows = work.map((one) => [
    one.parked ? 'parked' : 'waiting',
    shortIdOf(one.incidentId),
    ticketOf(one.incidentId),
    String(one.attempts),
    one.parked || one.notBefore === 0 ? '-' : iso(one.notBefore),
    one.reasons.join(', '),
    shorten(one.problem ?? '-', MAX_REASON),
  ]);
  return [
    ...(rows.length === 0 ? [] : table(['STATE', 'INCIDENT', 'TICKET', 'TRIES', 'NEXT TRY', 'FOR', 'REASON'], rows)),
    `${plural(pairs, 'incident')} with tickets, ${work.length - parked} waiting, ${parked} parked`,
    ...holds.map(({ side, until, failures, reason }) => {
      const name = side === 'xdr' ? 'Cisco XDR' : 'the ticket system';
      return `Nothing is asked of ${name} before ${iso(until)}, after ${plural(failures, 'failure')} in a row: ${reason}`;
    }),
  ];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
