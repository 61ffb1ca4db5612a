import type { Receipt } from '../../model/parcel.ts';
import type { Database } from '../database.ts';
import { countUp } from './rows.ts';

/** What is left to do now that an incident's parcels are delivered. */
export interface Aftermath {
  /** Names it to `finish`. */
  readonly seq: number;
  readonly incident: string;
  /** JSON text, as it was committed. */
  readonly data: string;
  /** Of the incident's parcels so far, the oldest first, as far as they are remembered. */
  readonly receipts: readonly Receipt[];
}

type Row = Omit<Aftermath, 'receipts'>;

/** Those before which no parcel of their incident is left, waiting or parked: of one incident, or of all (null). */
export function ripeAftermaths(database: Database, destination: string, incident: string | null): readonly Aftermath[] {
  const rows =
    incident === null
      ? database.all<Row>(ripe('destination = ?'), destination)
      : database.all<Row>(ripe('destination = ? AND incident = ?'), destination, incident);
  return rows.map((row) => ({ ...row, receipts: receiptsUpTo(database, destination, row) }));
}

function ripe(condition: string): string {
  return `SELECT seq, incident, data FROM aftermath
    WHERE ${condition} AND NOT EXISTS (
      SELECT 1 FROM parcel
      WHERE destination = aftermath.destination AND incident = aftermath.incident AND seq <= aftermath.seq
    )
    ORDER BY seq`;
}

export function finish(database: Database, seq: number): void {
  database.transact(() => database.run('DELETE FROM aftermath WHERE seq = ?', seq));
}

export function giveUp(database: Database, seqs: readonly number[]): void {
  database.transact(() => {
    for (const seq of seqs) finish(database, seq);
    countUp(database, 'not-followed-up', seqs.length);
  });
}

function receiptsUpTo(database: Database, destination: string, { incident, seq }: Row): Receipt[] {
  return database
    .all<{ key: string; entities: string }>(
      `SELECT key, entities FROM receipt
       WHERE destination = ? AND incident = ? AND seq <= ? AND verdict = 'delivered' ORDER BY seq`,
      destination,
      incident,
      seq,
    )
    .map(({ key, entities }) => ({ key, verdict: 'delivered', entities: JSON.parse(entities), reason: null }));
}
