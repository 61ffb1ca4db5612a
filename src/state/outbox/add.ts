import type { Database } from '../database.ts';
import type { OutboxOptions, OutgoingParcel } from './outbox.ts';
import { dropParcel } from './tend.ts';

/** Within a transaction. */
export function addParcels(database: Database, parcels: readonly OutgoingParcel[], options: OutboxOptions): void {
  const created = options.clock();
  for (const { parcel, destination, aftermath } of parcels) {
    const { key, incident, body } = parcel;
    const added = database.get<{ seq: number }>(
      `INSERT INTO parcel (destination, key, incident, state, not_before, attempts, created, bytes, body)
       SELECT ?1, ?2, ?3, 'waiting', 0, 0, ?4, ?5, ?6
       WHERE NOT EXISTS (SELECT 1 FROM receipt WHERE destination = ?1 AND key = ?2)
       ON CONFLICT DO NOTHING RETURNING seq`,
      destination,
      key,
      incident,
      created,
      Buffer.byteLength(body),
      body,
    );
    if (added === undefined || aftermath === null) continue;
    database.run(
      'INSERT INTO aftermath (seq, destination, incident, data) VALUES (?, ?, ?, ?)',
      added.seq,
      destination,
      incident,
      aftermath,
    );
  }
  if (options.whenFull === 'drop-parked' && parcels.length > 0) makeRoom(database, options);
}

/** Bytes that the outbox may still take in; below 0 when it has taken in more. */
export function roomIn(database: Database, { maxBytes }: Pick<OutboxOptions, 'maxBytes'>): number {
  const held = database.get<{ bytes: number }>('SELECT coalesce(sum(bytes), 0) AS bytes FROM parcel');
  return maxBytes - (held?.bytes ?? 0);
}

function makeRoom(database: Database, options: OutboxOptions): void {
  const parked = "SELECT seq, bytes FROM parcel WHERE state = 'parked' ORDER BY seq LIMIT 1";
  let room = roomIn(database, options);
  while (room <= 0) {
    const oldest = database.get<{ seq: number; bytes: number }>(parked);
    if (oldest === undefined) return;
    dropParcel(database, oldest.seq, 'dropped-for-room', options);
    room += oldest.bytes;
  }
}
