import type { Parcel, Receipt } from '../../model/parcel.ts';

/** A parcel that is due. */
export interface DueParcel extends Parcel {
  readonly seq: number;
  /** How often it was sent. */
  readonly attempts: number;
}

/** What is to be done now that an incident is delivered whole. */
export interface DueAftermath {
  readonly seq: number;
  readonly incident: string;
  /** As it was committed with the parcel. */
  readonly data: string;
  readonly receipts: readonly Receipt[];
}

/**
 * What the runner needs of the place where parcels wait. Each call is lasting when it returns, and may throw SightlineError
 * `state-full` or `state-busy`, with nothing changed, to be made again later.
 */
export interface OutboxStore {
  /** The parcel to send next, the order within its incident kept; null when none is due. */
  next(destination: string): DueParcel | null;
  /** When `next` gave nothing: epoch ms until which it goes on so, unless parcels come; null when nothing waits for its time. */
  nextDue(destination: string): number | null;
  settle(seq: number, receipt: Receipt): void;
  park(seq: number, reason: string): void;
  defer(seq: number, deferral: Deferral): void;
  /** Failures in a row before this start. */
  failuresOf(destination: string): number;
  /** Of one incident, or of all; given again until it is finished. */
  ripe(destination: string, incident: string | null): readonly DueAftermath[];
  finish(seq: number): void;
  /** Finishes what is never done, and counts it. */
  giveUp(seqs: readonly number[]): void;
}

/** Times are epoch ms. */
export interface Deferral {
  /** For this parcel. */
  readonly notBefore: number;
  /** For everything that goes the same way. */
  readonly heldUntil: number;
  readonly failures: number;
  readonly reason: string;
}
