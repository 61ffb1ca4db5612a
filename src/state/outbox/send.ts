import type { Receipt } from '../../model/parcel.ts';
import type { Database } from '../database.ts';
import type { OutboxEntry, OutboxOptions, StoredParcel } from './outbox.ts';
import { addReceipt, countUp, ENTRY } from './rows.ts';

/** Why and for how long nothing is to be sent. Times are epoch ms. */
export interface Deferral {
  /** For this parcel. */
  readonly notBefore: number;
  /** For all parcels of its destination. */
  readonly heldUntil: number;
  /** Failures in a row, this one included. */
  readonly failures: number;
  readonly reason: string;
}

/** `now` is epoch ms. */
export interface Moment {
  readonly now: number;
  /** No time that is further off was ever set: it is from before the clock was put back, and does not count. */
  readonly maxWaitMs: number;
}

interface Hold {
  readonly until: number;
  readonly failures: number;
}

export function nextParcel(database: Database, destination: string, moment: Moment): StoredParcel | null {
  if (heldUntil(database, destination, moment) !== null) return null;
  const { now, maxWaitMs } = moment;
  const due = database.get<{ seq: number }>(
    `SELECT seq FROM parcel AS head
     WHERE destination = ?1 AND state = 'waiting' AND not_before NOT BETWEEN ?2 + 1 AND ?2 + ?3 AND NOT EXISTS (
       SELECT 1 FROM parcel
       WHERE destination = ?1 AND incident = head.incident AND state = 'waiting' AND seq < head.seq
     )
     ORDER BY seq LIMIT 1`,
    destination,
    now,
    maxWaitMs,
  );
  return due === undefined ? null : findParcel(database, due.seq);
}

export function findParcel(database: Database, seq: number): StoredParcel | null {
  return database.get<StoredParcel>(`SELECT ${ENTRY}, body FROM parcel WHERE seq = ?`, seq) ?? null;
}

export function nextDue(database: Database, destination: string, moment: Moment): number | null {
  const held = heldUntil(database, destination, moment);
  if (held !== null) return held;
  const { now, maxWaitMs } = moment;
  const first = database.get<{ due: number | null }>(
    `SELECT min(not_before) AS due FROM parcel
     WHERE destination = ?1 AND state = 'waiting' AND not_before BETWEEN ?2 + 1 AND ?2 + ?3`,
    destination,
    now,
    maxWaitMs,
  );
  return first?.due ?? null;
}

export function settle(database: Database, seq: number, receipt: Receipt, options: OutboxOptions): void {
  database.transact(() => {
    const parcel = database.get<OutboxEntry>(`DELETE FROM parcel WHERE seq = ? RETURNING ${ENTRY}`, seq);
    if (parcel === undefined) return; // Dropped by a person while it was under way.
    letGo(database, parcel.destination);
    countUp(database, 'delivered', 1);
    // Of the entities only incidents: what is done afterwards needs their ids, and the rest would be most of the file.
    const incidents = receipt.entities.filter(({ type }) => type === 'incident');
    addReceipt(database, parcel, { verdict: 'delivered', entities: JSON.stringify(incidents) }, options);
  });
}

export function park(database: Database, seq: number, reason: string): void {
  database.transact(() => {
    const parcel = database.get<{ destination: string }>(
      `UPDATE parcel SET state = 'parked', attempts = attempts + 1, not_before = 0, reason = ? WHERE seq = ?
       RETURNING destination`,
      reason,
      seq,
    );
    if (parcel !== undefined) letGo(database, parcel.destination);
  });
}

export function defer(database: Database, seq: number, deferral: Deferral, { now, maxWaitMs }: Moment): void {
  const atMost = (time: number): number => Math.min(time, now + maxWaitMs);
  database.transact(() => {
    database.run(
      `INSERT OR REPLACE INTO hold (destination, until, failures, reason)
       SELECT destination, ?, ?, ? FROM parcel WHERE seq = ?`,
      atMost(deferral.heldUntil),
      deferral.failures,
      deferral.reason,
      seq,
    );
    database.run(
      'UPDATE parcel SET attempts = attempts + 1, not_before = ?, reason = ? WHERE seq = ?',
      atMost(deferral.notBefore),
      deferral.reason,
      seq,
    );
  });
}

export function failuresOf(database: Database, destination: string): number {
  return holdOf(database, destination)?.failures ?? 0;
}

/** The destination answers again, or a person says that it does. */
export function letGo(database: Database, destination: string): void {
  database.run('DELETE FROM hold WHERE destination = ?', destination);
}

function heldUntil(database: Database, destination: string, { now, maxWaitMs }: Moment): number | null {
  const until = holdOf(database, destination)?.until ?? 0;
  return until > now && until <= now + maxWaitMs ? until : null;
}

function holdOf(database: Database, destination: string): Hold | undefined {
  return database.get<Hold>('SELECT until, failures FROM hold WHERE destination = ?', destination);
}
