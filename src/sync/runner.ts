import { shortIdOf } from '../ctia/ctia.ts';
import { stepper } from './bring-in-step.ts';
import type { Side } from './event.ts';
import { floodGuard } from './flood-guard.ts';
import { aheadHearer } from './hear-ahead.ts';
import { incidentWriter } from './incident-writer.ts';
import { queueJoined } from './joined.ts';
import { backOff, type Failure, isAhead, judgeFailure } from './judge-failure.ts';
import { listener } from './listen.ts';
import { noteMaker } from './notes.ts';
import { pairOpener } from './open-pair.ts';
import type { SyncOptions } from './options.ts';
import { assertSameSystem } from './same-system.ts';
import { type Hold, syncStore } from './store.ts';
import { visitor } from './visit.ts';
import type { Work } from './work.ts';

/** Keeps incidents and tickets in step, pass by pass. */
export interface Sync {
  /**
   * Hears what is new on both sides and does what is due. `drain`: also what may still wait to be merged, until nothing
   * is left or a side is on hold. Failures of a side are reported and remembered, not thrown. Stops between two pieces
   * of work when `signal` aborts.
   */
  pass(how: { readonly drain: boolean }, signal: AbortSignal): Promise<void>;
  /** When something is due next, epoch ms; Infinity for nothing. */
  nextDue(): number;
}

/** Rounds of a draining pass: each further one is due to what happened during the one before. */
const MAX_ROUNDS = 20;
/** Failures after which a piece of work goes behind all others. */
const MANY_ATTEMPTS = 5;

/** Throws SightlineError `bad-config-value` where the state is another ticket system's. */
export function openSync(options: SyncOptions): Sync {
  const { client, state, clock, random, report } = options;
  const store = syncStore(state);
  assertSameSystem(options.connector.system, store);
  const notes = noteMaker(options);
  const heard = listener(options, store);
  const hearAhead = aheadHearer(options, store);
  const openPair = pairOpener(options, store, { guard: floodGuard(options.guard, store), notes, hearAhead });
  const bringInStep = stepper(options, store, { writer: incidentWriter(client), notes, hearAhead });
  const visit = visitor(options, store, { openPair, bringInStep, notes });

  return {
    async pass({ drain }, signal) {
      for (let round = 0; round < (drain ? MAX_ROUNDS : 1); round++) {
        await guarded('xdr', () => heard.hearIncidents());
        await guarded('ticket', () => heard.hearTickets());
        await guarded('xdr', () => heard.reconcile());
        const done = await workThrough(drain, signal);
        const joined = queueJoined(options, store);
        if (!(done || joined) || signal.aborted) return;
      }
    },
    nextDue() {
      const now = clock();
      const dueAt = (time: number): number => (isAhead(time, now) ? time : 0);
      const heldUntil = Math.max(...(['xdr', 'ticket'] as const).map((side) => dueAt(store.hold(side)?.until ?? 0)));
      const waiting = [...store.queue()].filter(({ parked }) => !parked).map(({ notBefore }) => dueAt(notBefore));
      return waiting.reduce((first, at) => Math.min(first, Math.max(at, heldUntil)), Number.POSITIVE_INFINITY);
    },
  };

  /** Whether anything was done, so that it is worth looking again. */
  async function workThrough(drain: boolean, signal: AbortSignal): Promise<boolean> {
    const now = clock();
    const isDue = ({ parked, notBefore, attempts }: Work): boolean =>
      !parked && (!isAhead(notBefore, now) || (drain && attempts === 0));
    // Each failure has a side left alone: what fails again and again must not come before all others for ever.
    const isLast = ({ attempts }: Work): boolean => attempts >= MANY_ATTEMPTS;
    const due = [...store.queue()]
      .filter(isDue)
      .sort((a, b) => Number(isLast(a)) - Number(isLast(b)) || a.since - b.since);
    let done = false;
    for (const { incidentId } of due) {
      if (signal.aborted || isHeld('xdr') || isHeld('ticket')) return false;
      const work = store.work(incidentId);
      if (work === null || work.parked) continue;
      const failure = await attempt(() => visit(work));
      if (failure === null) {
        store.finish(work);
        release('xdr');
        release('ticket');
        done = true;
      } else failed(work, failure);
    }
    return done;
  }

  async function attempt(work: () => Promise<void>): Promise<Failure | null> {
    try {
      await work();
      return null;
    } catch (error) {
      const failure = judgeFailure(error, clock());
      if (failure === null) throw error;
      return failure;
    }
  }

  /** Work that is not about one incident. */
  async function guarded(side: Side, work: () => Promise<void>): Promise<void> {
    if (isHeld(side)) return;
    const failure = await attempt(work);
    if (failure !== null) hold(failure, 'telling');
    else if (store.hold(side)?.at === 'telling') release(side);
  }

  function failed(work: Work, failure: Failure): void {
    const latest = store.work(work.incidentId) ?? work;
    const attempts = latest.attempts + 1;
    const tried = { ...latest, attempts, problem: failure.reason };
    if (failure.action === 'park') {
      store.setWork({ ...tried, parked: true });
      report({ kind: 'parked', incident: shortIdOf(work.incidentId), reason: failure.reason });
      return;
    }
    const until = hold(failure, 'doing');
    store.setWork({ ...tried, notBefore: Math.max(until, clock() + backOff(attempts, random)) });
  }

  function hold({ side, retryAt, reason }: Failure, at: Hold['at']): number {
    const failures = (store.hold(side)?.failures ?? 0) + 1;
    const until = Math.max(clock() + backOff(failures, random), retryAt ?? 0);
    store.setHold(side, { until, failures, reason, at });
    report({ kind: 'held', side, until, reason });
    return until;
  }

  function isHeld(side: Side): boolean {
    return isAhead(store.hold(side)?.until ?? 0, clock());
  }

  function release(side: Side): void {
    if (store.hold(side) !== null) store.setHold(side, null);
  }
}
