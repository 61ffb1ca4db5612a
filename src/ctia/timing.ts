import { setTimeout as sleepFor } from 'node:timers/promises';
import { CtiaError } from './ctia-error.ts';

/** The outside world's time and chance, passed in so that tests need not wait. */
export interface Timing {
  /** Epoch milliseconds. */
  clock(): number;
  /** From 0 up to, not including, 1. */
  random(): number;
  /** Resolves after `ms` milliseconds; may reject once `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Node.js timers fire at once for more. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The real ones. */
export const realTiming: Timing = {
  clock: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) => sleepFor(Math.min(ms, MAX_TIMER_MS), undefined, signal === undefined ? {} : { signal }),
};

/** Waits, and turns an abort into CtiaError `aborted`. */
export async function pause(timing: Timing, ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    signal?.throwIfAborted();
    if (ms > 0) await timing.sleep(ms, signal);
    signal?.throwIfAborted();
  } catch (cause) {
    if (signal?.aborted) throw new CtiaError('aborted', 'stopped while waiting', { cause });
    throw cause;
  }
}
