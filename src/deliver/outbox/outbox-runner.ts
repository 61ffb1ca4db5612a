import { passes } from '../../model/errors.ts';
import type { Parcel, Receipt } from '../../model/parcel.ts';
import type { Sink } from '../sink.ts';
import { backOffMs, MAX_BACK_OFF_MS } from './back-off.ts';
import type { DueAftermath, DueParcel, OutboxStore } from './outbox-store.ts';

export interface OutboxRunnerOptions {
  readonly store: OutboxStore;
  readonly sink: Sink;
  /** The name under which parcels for this sink were committed. */
  readonly destination: string;
  /**
   * Carries out the aftermath of an incident that was delivered whole; false when it is to be carried out again later. It
   * is called at least once: again after a crash between it and the note that it is done, so what it does must do no harm
   * twice. It counts its own failures; what it throws is a bug and ends the runner.
   */
  readonly onDelivered: (aftermath: string, receipts: readonly Receipt[]) => Promise<boolean>;
  /** Hears of everything that happens, for logs and counts. */
  readonly report: (event: OutboxEvent) => void;
  /** Epoch ms. */
  readonly clock: () => number;
  readonly random: () => number;
  /** Rejects when `signal` aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /**
   * Pause before the first parcel where some wait from the run before: a crash may have left a request that the server is
   * still carrying out, and until what it made shows, sending again would double it. Default: 3 s.
   */
  readonly settleMs?: number;
  /** Aftermaths that may be left for later; beyond that the oldest are given up. Default: 10,000. */
  readonly maxLeft?: number;
}

export type OutboxEvent =
  | { readonly kind: 'delivered' | 'parked'; readonly parcel: Parcel; readonly receipt: Receipt }
  /** Nothing is sent before `until` (epoch ms). */
  | { readonly kind: 'deferred'; readonly parcel: Parcel; readonly receipt: Receipt; readonly until: number }
  /**
   * What became of a parcel could not be noted, or what is to be sent could not be read: there is no room, or somebody keeps
   * the store busy. It is tried until it can.
   */
  | { readonly kind: 'not-noted' | 'not-read'; readonly message: string }
  /** What was to be done after the delivery of so many incidents never is: too much of it was left. */
  | { readonly kind: 'given-up'; readonly incidents: number }
  /** Stopped before the server answered: the parcel is sent again at the next start. */
  | { readonly kind: 'abandoned'; readonly parcel: Parcel };

/** Empties the outbox of one destination: stored, sent, settled, in this order. */
export interface OutboxRunner {
  /**
   * Sends what is due, and waits for more, until it is stopped. Rejects with SightlineError `output-closed` when sending on
   * is senseless, or with what the store throws when a person has to act.
   */
  run(): Promise<void>;
  /** Sends what is due by now, and does not wait for more. */
  drain(): Promise<void>;
  /** Tells of new parcels. Without it they are found within seconds. */
  wake(): void;
  /** Resolves when the parcel under way is settled, or after `graceMs` without: nothing is touched from then on. */
  stop(graceMs: number): Promise<void>;
}

/** Looks into the store this often without being told, because other processes put parcels back or drop them. */
const POLL_MS = 5000;
const LEAST_REST_MS = 100;
/** After a pause the others go first: one bundle that a server always fails at must not be its every first. */
const HEAD_START_MS = 5000;
const DEFAULT_SETTLE_MS = 3000;
const DEFAULT_MAX_LEFT = 10_000;

/**
 * A parcel is settled after the server has it: a crash between the two sends it again, which its external ids make
 * harmless. What could not be delivered is tried again for ever, the whole destination held back by a pause that grows;
 * a parcel that fails while others pass is held back by itself. What was refused is parked, and the rest goes on.
 */
export function outboxRunner(options: OutboxRunnerOptions): OutboxRunner {
  const { store, sink, destination, clock, random, report } = options;
  const { settleMs = DEFAULT_SETTLE_MS, maxLeft = DEFAULT_MAX_LEFT } = options;
  let failures = store.failuresOf(destination);
  let last: Promise<void> = Promise.resolve();
  let underWay: Parcel | null = null;
  let stopping = false;
  let abandoned = false;
  let hasSettled = false;
  /** Epoch ms from which everything that is left to do after deliveries is done. */
  let followUpFrom = Number.NEGATIVE_INFINITY;
  /** Aftermaths in a row that could not be carried out. */
  let setbacks = 0;
  /** How often each of those that are left was tried. */
  const tries = new Map<number, number>();
  let resting = new AbortController();
  const settling = new AbortController();

  /** Ends at once when there was a call to wake up since `resting` was renewed. */
  async function rest(ms: number): Promise<void> {
    try {
      if (!resting.signal.aborted) await options.sleep(ms, resting.signal);
    } catch (error) {
      if (!resting.signal.aborted) throw error;
    }
  }

  function wake(): void {
    resting.abort();
  }

  /** Writes to the store, as often as it takes while there is no room. False when that was given up. */
  async function note(write: () => void): Promise<boolean> {
    while (!abandoned) {
      try {
        write();
        return true;
      } catch (error) {
        reportPassing('not-noted', error);
        if (stopping) return false;
        resting = new AbortController();
        await rest(POLL_MS);
      }
    }
    return false;
  }

  /** @throws the failure itself where it does not pass */
  function reportPassing(kind: 'not-noted' | 'not-read', error: unknown): void {
    if (!passes(error)) throw error;
    report({ kind, message: error.message });
  }

  async function deliver(parcel: DueParcel): Promise<void> {
    underWay = parcel;
    const receipt = await sink.send(parcel);
    underWay = null;
    switch (receipt.verdict) {
      case 'delivered':
        failures = 0;
        if (!(await note(() => store.settle(parcel.seq, receipt)))) return;
        report({ kind: 'delivered', parcel, receipt });
        return carryOut(store.ripe(destination, parcel.incident));
      case 'refused':
      case 'partial':
        failures = 0;
        if (await note(() => store.park(parcel.seq, reasonOf(receipt)))) report({ kind: 'parked', parcel, receipt });
        return;
      case 'undelivered':
        failures++;
        return defer(parcel, receipt);
    }
  }

  async function defer(parcel: DueParcel, receipt: Receipt): Promise<void> {
    const now = clock();
    const heldUntil = now + Math.max(backOffMs(failures, random), receipt.retryAfterMs ?? 0);
    const notBefore = Math.max(heldUntil + HEAD_START_MS, now + backOffMs(parcel.attempts + 1, random));
    const deferral = { notBefore, heldUntil, failures, reason: reasonOf(receipt) };
    if (await note(() => store.defer(parcel.seq, deferral))) {
      report({ kind: 'deferred', parcel, receipt, until: heldUntil });
    }
  }

  /** Up to the first that cannot be: what is in its way is likely to be in that of the others. */
  async function carryOut(aftermaths: readonly DueAftermath[]): Promise<void> {
    for (const { seq, data, receipts } of aftermaths) {
      if (stopping) return;
      if (await options.onDelivered(data, receipts)) {
        setbacks = 0;
        tries.delete(seq);
        await note(() => store.finish(seq));
      } else {
        setbacks++;
        tries.set(seq, (tries.get(seq) ?? 0) + 1);
        // What is new and cannot be done, either, puts off nothing that is left.
        followUpFrom = Math.min(followUpFrom, clock() + backOffMs(setbacks, random));
        return;
      }
    }
  }

  /** What a crash left, or could not be carried out: last what was tried most often, lest it be in the way. */
  async function followUp(): Promise<void> {
    const ripe = store.ripe(destination, null);
    const left = ripe.slice(-maxLeft);
    const lost = ripe.slice(0, -maxLeft).map(({ seq }) => seq);
    followUpFrom = Number.POSITIVE_INFINITY;
    if (lost.length > 0 && (await note(() => store.giveUp(lost)))) {
      for (const seq of lost) tries.delete(seq);
      report({ kind: 'given-up', incidents: lost.length });
    }
    await carryOut(left.toSorted((a, b) => (tries.get(a.seq) ?? 0) - (tries.get(b.seq) ?? 0)));
  }

  /** A time that is too far off to have been set was, before the clock was put back. */
  function mayFollowUp(): boolean {
    const wait = followUpFrom - clock();
    return wait <= 0 || (wait > MAX_BACK_OFF_MS && wait < Number.POSITIVE_INFINITY);
  }

  /** What may have been under way at a crash. */
  async function settle(): Promise<void> {
    if (settleMs === 0 || store.next(destination) === null) return;
    await options.sleep(settleMs, settling.signal).catch((error: unknown) => {
      if (!settling.signal.aborted) throw error;
    });
  }

  async function sendDue(): Promise<void> {
    if (mayFollowUp()) await followUp();
    if (!hasSettled) await settle();
    hasSettled = true;
    while (!stopping) {
      const due = store.next(destination);
      if (due === null) return;
      await deliver(due);
    }
  }

  /** One pass at a time. */
  function pass(): Promise<void> {
    const turn = last.then(sendDue);
    last = turn.catch(() => undefined); // Whoever asked for that pass hears of the failure; the next one only waits.
    return turn;
  }

  /** When something is due after a pass. A full disk may have no room even for what SQLite needs to read. */
  async function passOrWait(): Promise<number> {
    try {
      await pass();
      return Math.min(store.nextDue(destination) ?? Infinity, followUpFrom);
    } catch (error) {
      reportPassing('not-read', error);
      // What was delivered may not have been followed up.
      followUpFrom = Number.NEGATIVE_INFINITY;
      return Infinity;
    }
  }

  return {
    wake,
    drain: pass,
    async run() {
      while (!stopping) {
        resting = new AbortController();
        const due = await passOrWait();
        await rest(Math.max(LEAST_REST_MS, Math.min(POLL_MS, due - clock())));
      }
    },
    async stop(graceMs) {
      stopping = true;
      settling.abort();
      wake();
      const timeUp = new AbortController();
      const grace = options.sleep(graceMs, timeUp.signal).then(
        () => true,
        () => false,
      );
      const late = await Promise.race([grace, last.then(() => false)]);
      timeUp.abort();
      if (!late) return;
      abandoned = true;
      if (underWay !== null) report({ kind: 'abandoned', parcel: underWay });
    },
  };
}

function reasonOf({ reason }: Receipt): string {
  return reason ?? 'no reason was given';
}
