import type { Database } from '../database.ts';
import type { OutboxEntry, OutboxOptions } from './outbox.ts';

/** Columns of a parcel, without its body, as an OutboxEntry has them. */
export const ENTRY =
  'seq, key, incident, destination, state, attempts, not_before AS notBefore, created, bytes, reason';

/** What has happened over the whole life of the file. */
export type Counter = 'delivered' | 'dropped' | 'dropped-for-room' | 'receipts-pruned' | 'not-followed-up';

export function countUp(database: Database, counter: Counter, by: number): void {
  database.run(
    'INSERT INTO counter (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value',
    counter,
    by,
  );
}

/** Remembers what became of a parcel, and forgets the oldest receipts beyond the bound. */
export function addReceipt(
  database: Database,
  parcel: Pick<OutboxEntry, 'seq' | 'destination' | 'key' | 'incident'>,
  outcome: { readonly verdict: 'delivered' | 'dropped'; readonly entities: string },
  { clock, maxReceipts }: Pick<OutboxOptions, 'clock' | 'maxReceipts'>,
): void {
  database.run(
    'INSERT INTO receipt (seq, destination, key, incident, verdict, entities, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    parcel.seq,
    parcel.destination,
    parcel.key,
    parcel.incident,
    outcome.verdict,
    outcome.entities,
    clock(),
  );
  const pruned = database.run('DELETE FROM receipt WHERE id <= (SELECT max(id) FROM receipt) - ?', maxReceipts);
  if (pruned > 0) countUp(database, 'receipts-pruned', pruned);
}
