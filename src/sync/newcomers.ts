import type { Stored } from '../ctia/ctia.ts';
import { timeOf } from './facts.ts';
import type { SyncOptions } from './options.ts';
import type { SyncStore } from './store.ts';
import type { Happening } from './work.ts';

/** Incidents that have no ticket yet. */
export interface Newcomers {
  /**
   * Queues those that came since, in the order of `timestamp` and `id`. The bookmark that outlives the process moves over
   * an incident when its ticket exists, or was refused and is parked; reading goes on ahead of it meanwhile.
   */
  read(): Promise<void>;
  /** What is to be done about an incident that was found elsewhere: nothing where it has a ticket, or reading will find it. */
  happenings(incident: Stored): readonly Happening[];
}

/** How long after it was made an incident gets its ticket at the earliest: what hangs on it is written after it. */
const SETTLE_MS = 10_000;
/** Incidents that may wait for their tickets before reading stops; the others wait at the server. */
const MAX_WAITING = 1_000;

export function newcomersOf({ client, filters, clock }: SyncOptions, store: SyncStore): Newcomers {
  /** What was read ahead of the bookmark, in order: up to `after`, these still wait for their tickets. */
  let ahead: { after: readonly string[]; readonly waiting: readonly string[] }[] = [];
  const position = (): readonly string[] => ahead.at(-1)?.after ?? store.reached() ?? [];
  const isFull = (): boolean => ahead.reduce((sum, { waiting }) => sum + waiting.length, 0) >= MAX_WAITING;
  const waits = (id: string): boolean => store.pair(id) === null && store.work(id)?.parked === false;

  return {
    async read() {
      settle();
      if (isFull()) return;
      const found = client.entities('incident').pages(filters, { sortBy: ['timestamp'], after: position() });
      for await (const { entities, bookmark } of found) {
        store.transact(() => {
          for (const one of entities) {
            if (store.pair(one.id) === null && store.work(one.id) === null) store.add(happeningOf(one), clock());
          }
        });
        // A `timestamp` is the maker's. One that lies in the future is looked at until it is past, lest all others be skipped.
        if (bookmark !== null && Number(bookmark[0]) <= clock()) {
          ahead.push({ after: bookmark, waiting: entities.map(({ id }) => id) });
        }
        settle();
        if (isFull()) return;
      }
    },
    happenings(incident) {
      const isAhead = timeOf(incident.timestamp) > Number(position()[0] ?? Number.NEGATIVE_INFINITY);
      return isAhead || store.pair(incident.id) !== null ? [] : [happeningOf(incident)];
    },
  };

  /** Forgets who waits no longer, and moves the bookmark over those before whom nobody does. */
  function settle(): void {
    const left: typeof ahead = [];
    let reached: readonly string[] | null = null;
    for (const { after, waiting } of ahead) {
      const still = waiting.filter(waits);
      const before = left.at(-1);
      if (still.length > 0) left.push({ after, waiting: still });
      else if (before !== undefined) before.after = after;
      else reached = after;
    }
    ahead = left;
    if (reached !== null) store.setReached(reached);
  }
}

function happeningOf(incident: Stored): Happening {
  const since = timeOf(incident.created);
  return { incidentId: incident.id, reason: 'new', notBefore: since + SETTLE_MS, since };
}
