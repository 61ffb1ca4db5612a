import type { ArgumentsCamelCase } from 'yargs';
import { plural } from '../../report/report.ts';
import type { OutboxCounts, OutboxEntry } from '../../state/state.ts';
import type { ExitCode } from '../command.ts';
import type { ListOptions } from '../outbox.ts';
import { print, printJson } from '../print.ts';
import { shorten, table } from '../table.ts';
import { withState } from './open-outbox.ts';

const MAX_REASON = 120;

/** Carries out `sightline outbox list`. */
export function listOutbox(given: ArgumentsCamelCase<ListOptions>): Promise<ExitCode> {
  return withState(given, 'read', async ({ outbox }) => {
    const parcels: OutboxEntry[] = [];
    for (const entry of outbox.list()) {
      if (given.parked && entry.state !== 'parked') continue;
      parcels.push(entry);
      if (parcels.length === given.limit) break;
    }
    const counts = outbox.counts();
    if (given.json) await printJson({ counts, parcels });
    else await print([...(parcels.length === 0 ? [] : rowsOf(parcels)), ...describeCounts(counts)]);
    return 0;
  });
}

function rowsOf(parcels: readonly OutboxEntry[]): string[] {
  const now = Date.now();
  return table(
    ['SEQ', 'STATE', 'TRIES', 'SINCE', 'NEXT TRY', 'BYTES', 'DESTINATION', 'INCIDENT', 'REASON'],
    parcels.map(({ seq, state, attempts, created, notBefore, bytes, destination, incident, reason }) => [
      String(seq),
      state,
      String(attempts),
      timeOf(created),
      notBefore > now ? timeOf(notBefore) : '-',
      String(bytes),
      destination,
      incident,
      shorten(reason ?? '-', MAX_REASON),
    ]),
  );
}

export function describeCounts({ waiting, parked, holds }: OutboxCounts): string[] {
  return [
    `${waiting.parcels} waiting (${waiting.bytes} bytes), ${parked.parcels} parked (${parked.bytes} bytes)`,
    ...holds.map(
      ({ destination, until, failures, reason }) =>
        `Nothing is sent to ${destination} before ${timeOf(until)}, after ${plural(failures, 'failure')} in a row: ${reason}`,
    ),
  ];
}

/** `2026-11-22 12:00:00`, UTC. */
export function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
