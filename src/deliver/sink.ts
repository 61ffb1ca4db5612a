import type { Parcel, Receipt } from '../model/parcel.ts';

/** Where bundles go. */
export interface Sink {
  readonly name: string;
  /**
   * Takes a parcel and says what became of it, once that is certain. A failure to deliver is a receipt, not an error; it
   * rejects only where sending on is senseless: SightlineError `output-closed` when the reader of a pipe has gone.
   * Calls at once are carried out in their order.
   */
  send(parcel: Parcel): Promise<Receipt>;
  /** Makes what was sent lasting. Throws SightlineError `output-failed` when that is not possible. */
  close(): Promise<void>;
}

/** Receipt of a sink that has no say about single entities. */
export function delivered(parcel: Parcel): Receipt {
  return { key: parcel.key, verdict: 'delivered', entities: [], reason: null };
}

export function undelivered(parcel: Parcel, reason: string): Receipt {
  return { key: parcel.key, verdict: 'undelivered', entities: [], reason };
}
