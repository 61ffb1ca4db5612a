import type { Parcel, Receipt } from '../../model/parcel.ts';
import type { Database } from '../database.ts';
import { addParcels, roomIn } from './add.ts';
import { type Aftermath, finish, giveUp, ripeAftermaths } from './aftermath.ts';
import { type Deferral, defer, failuresOf, findParcel, nextDue, nextParcel, park, settle } from './send.ts';
import { countsOf, dropParcel, listParcels, type OutboxCounts, retryAll, retryParcel } from './tend.ts';

/** A parcel on its way into the outbox. */
export interface OutgoingParcel {
  readonly parcel: Parcel;
  /** Where it is to go: a name that stays the same from run to run. */
  readonly destination: string;
  /**
   * What to do once this parcel and all earlier ones of its incident are delivered, as JSON text; null for nothing. It
   * belongs on the last parcel of each giving-out of an incident.
   */
  readonly aftermath: string | null;
}

/** A parcel in the outbox, without its body. */
export interface OutboxEntry {
  /** Grows in the order in which parcels came. */
  readonly seq: number;
  readonly key: string;
  readonly incident: string;
  readonly destination: string;
  /** `parked`: refused, and not sent again unless a person says so. */
  readonly state: 'waiting' | 'parked';
  /** How often it was sent. */
  readonly attempts: number;
  /** Epoch ms before which it is not sent again. */
  readonly notBefore: number;
  /** Epoch ms. */
  readonly created: number;
  readonly bytes: number;
  /** Why it was not delivered the last time it was sent. */
  readonly reason: string | null;
}

export interface StoredParcel extends OutboxEntry {
  readonly body: string;
}

export interface OutboxOptions {
  /** Bodies that are held before reading has to pause. */
  readonly maxBytes: number;
  /** What happens then: `pause` keeps everything; `drop-parked` first drops parked parcels, oldest first, and counts them. */
  readonly whenFull: 'pause' | 'drop-parked';
  /** Receipts kept; older ones are forgotten and counted. */
  readonly maxReceipts: number;
  /** Longest time that a parcel or a destination is held back. */
  readonly maxWaitMs: number;
  /** Epoch ms. */
  readonly clock: () => number;
}

/** What is to be sent. Sending and settling fits the store that deliver's outbox runner asks for. */
export interface Outbox {
  /** True when nothing should be read that may give new parcels. Those that were composed already are always taken. */
  isFull(): boolean;
  /**
   * The parcel to send next, null when none is due. Parcels of an incident keep their order among those that wait; a
   * parked one holds nothing up, since every bundle stands for itself.
   */
  next(destination: string): StoredParcel | null;
  /** When `next` gave nothing: epoch ms until which it goes on so, unless parcels come; null when nothing waits for its time. */
  nextDue(destination: string): number | null;
  /** Delivered: the parcel goes, its receipt stays (of its entities only incidents). */
  settle(seq: number, receipt: Receipt): void;
  park(seq: number, reason: string): void;
  /** Holds back the parcel, and with it its whole destination. */
  defer(seq: number, deferral: Deferral): void;
  /** Failures in a row since the destination last answered. */
  failuresOf(destination: string): number;
  /** What is to be done after deliveries: of one incident, or of all. Comes again until it is finished. */
  ripe(destination: string, incident: string | null): readonly Aftermath[];
  finish(seq: number): void;
  /** Finishes what is never done, and counts it. */
  giveUp(seqs: readonly number[]): void;
  counts(): OutboxCounts;
  /** In order; reads as it is iterated. */
  list(): Iterable<OutboxEntry>;
  find(seq: number): StoredParcel | null;
  /** Makes a parcel due at once, and lets go of its destination. False when there is none. */
  retry(seq: number): boolean;
  /** The same for all of them; how many there are. */
  retryAll(): number;
  /** Gives a parcel up: it is never sent, nor taken in again. False when there is none. */
  drop(seq: number): boolean;
}

export interface OutboxIntake extends Outbox {
  /** To be called within a transaction. A parcel that is or was in the outbox is left out. */
  add(parcels: readonly OutgoingParcel[]): void;
}

export function outboxOf(database: Database, options: OutboxOptions): OutboxIntake {
  const { clock, maxWaitMs } = options;
  return {
    add: (parcels) => addParcels(database, parcels, options),
    isFull: () => roomIn(database, options) <= 0,
    next: (destination) => nextParcel(database, destination, { now: clock(), maxWaitMs }),
    nextDue: (destination) => nextDue(database, destination, { now: clock(), maxWaitMs }),
    settle: (seq, receipt) => settle(database, seq, receipt, options),
    park: (seq, reason) => park(database, seq, reason),
    defer: (seq, deferral) => defer(database, seq, deferral, { now: clock(), maxWaitMs }),
    failuresOf: (destination) => failuresOf(database, destination),
    ripe: (destination, incident) => ripeAftermaths(database, destination, incident),
    finish: (seq) => finish(database, seq),
    giveUp: (seqs) => giveUp(database, seqs),
    counts: () => countsOf(database),
    list: () => listParcels(database),
    find: (seq) => findParcel(database, seq),
    retry: (seq) => retryParcel(database, seq),
    retryAll: () => retryAll(database),
    drop: (seq) => database.transact(() => dropParcel(database, seq, 'dropped', options)),
  };
}
