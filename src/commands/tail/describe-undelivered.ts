import { plural } from '../../report/report.ts';
import type { OutboxCounts } from '../../state/state.ts';

/** What an operator is told when everything was read and bundles are left, and what to do. */
export function describeUndelivered(waiting: number, parked: number): string {
  const told = [
    ...(waiting === 0 ? [] : [`${waiting} not delivered, which the next start with this state file sends`]),
    ...(parked === 0 ? [] : [`${parked} refused, which sightline outbox retry sends again once the reason is mended`]),
  ];
  return `bundles are left: ${told.join('; ')}; sightline outbox list tells the reasons`;
}

/** How many bundles wait for a destination. */
export function waitingFor(destination: string, { destinations }: Pick<OutboxCounts, 'destinations'>): number {
  return destinations.find((it) => it.destination === destination)?.waiting ?? 0;
}

/** What is said at the start of bundles that wait for other destinations, one text for each. */
export function describeStranded(destination: string, { destinations }: Pick<OutboxCounts, 'destinations'>): string[] {
  return destinations
    .filter((it) => it.destination !== destination && it.waiting > 0)
    .map(
      (it) =>
        `${plural(it.waiting, 'bundle waits', 'bundles wait')} for ${it.destination}, ` +
        `not for ${destination}: start with the settings for that one again, or take them along with ` +
        'sightline outbox export, incidents import and outbox drop',
    );
}
