import type { Database } from '../database.ts';
import type { OutboxEntry, OutboxOptions } from './outbox.ts';
import { addReceipt, type Counter, countUp, ENTRY } from './rows.ts';
import { letGo } from './send.ts';

/** Parcels in one state. */
export interface Held {
  readonly parcels: number;
  readonly bytes: number;
}

/** A destination that nothing is sent to for a while. */
export interface HeldDestination {
  readonly destination: string;
  /** Epoch ms. */
  readonly until: number;
  readonly failures: number;
  readonly reason: string;
}

/** Parcels for one destination. */
export interface Destined {
  readonly destination: string;
  readonly waiting: number;
  readonly parked: number;
}

export interface OutboxCounts {
  readonly waiting: Held;
  readonly parked: Held;
  /** Of waiting and parked ones together. */
  readonly destinations: readonly Destined[];
  readonly holds: readonly HeldDestination[];
  /** Epoch ms at which the oldest parcel that waits came in; null when none does. */
  readonly oldest: number | null;
  /** Epoch ms of the last delivery that is remembered. */
  readonly lastDelivered: number | null;
  /** Over the whole life of the file. */
  readonly delivered: number;
  /** By a person. */
  readonly dropped: number;
  readonly droppedForRoom: number;
  readonly receiptsPruned: number;
  /** Incidents after whose delivery something was left to do for so long that it was given up. */
  readonly notFollowedUp: number;
}

export function countsOf(database: Database): OutboxCounts {
  const held = new Map(
    database
      .all<Held & { state: string }>(
        'SELECT state, count(*) AS parcels, sum(bytes) AS bytes FROM parcel GROUP BY state',
      )
      .map(({ state, parcels, bytes }) => [state, { parcels, bytes }]),
  );
  const nothing: Held = { parcels: 0, bytes: 0 };
  const counters = new Map(
    database.all<{ name: Counter; value: number }>('SELECT * FROM counter').map(({ name, value }) => [name, value]),
  );
  const counted = (counter: Counter): number => counters.get(counter) ?? 0;
  const oldest = database.get<{ created: number }>(
    "SELECT created FROM parcel WHERE state = 'waiting' ORDER BY seq LIMIT 1",
  );
  const last = database.get<{ at: number }>(
    "SELECT at FROM receipt WHERE verdict = 'delivered' ORDER BY id DESC LIMIT 1",
  );
  return {
    waiting: held.get('waiting') ?? nothing,
    parked: held.get('parked') ?? nothing,
    destinations: database.all<Destined>(
      `SELECT destination, sum(state = 'waiting') AS waiting, sum(state = 'parked') AS parked
       FROM parcel GROUP BY destination ORDER BY destination`,
    ),
    holds: database.all<HeldDestination>('SELECT * FROM hold ORDER BY destination'),
    oldest: oldest?.created ?? null,
    lastDelivered: last?.at ?? null,
    delivered: counted('delivered'),
    dropped: counted('dropped'),
    droppedForRoom: counted('dropped-for-room'),
    receiptsPruned: counted('receipts-pruned'),
    notFollowedUp: counted('not-followed-up'),
  };
}

export function listParcels(database: Database): Iterable<OutboxEntry> {
  return database.iterate<OutboxEntry>(`SELECT ${ENTRY} FROM parcel ORDER BY seq`);
}

export function retryParcel(database: Database, seq: number): boolean {
  return database.transact(() => {
    const parcel = database.get<{ destination: string }>(
      "UPDATE parcel SET state = 'waiting', not_before = 0 WHERE seq = ? RETURNING destination",
      seq,
    );
    if (parcel !== undefined) letGo(database, parcel.destination);
    return parcel !== undefined;
  });
}

export function retryAll(database: Database): number {
  return database.transact(() => {
    database.run('DELETE FROM hold');
    return database.run("UPDATE parcel SET state = 'waiting', not_before = 0");
  });
}

/**
 * Within a transaction. An incident of which something was dropped is never delivered whole, so what was to be done then
 * goes, too: the aftermath of the same giving-out is the next one of the incident.
 */
export function dropParcel(
  database: Database,
  seq: number,
  counter: 'dropped' | 'dropped-for-room',
  options: OutboxOptions,
): boolean {
  const parcel = database.get<OutboxEntry>(`DELETE FROM parcel WHERE seq = ? RETURNING ${ENTRY}`, seq);
  if (parcel === undefined) return false;
  database.run(
    `DELETE FROM aftermath WHERE seq =
       (SELECT min(seq) FROM aftermath WHERE destination = ? AND incident = ? AND seq >= ?)`,
    parcel.destination,
    parcel.incident,
    seq,
  );
  addReceipt(database, parcel, { verdict: 'dropped', entities: '[]' }, options);
  countUp(database, counter, 1);
  return true;
}
