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

/** The real ones. */
export const realTiming: Timing = {
  clock: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) => sleepFor(ms, undefined, signal === undefined ? {} : { signal }),
};

/** Waits, and turns an abort into CtiaError `aborted`. */
export async function pause(timing: Timing, ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted !== true) {
    if (ms <= 0) return;
    try {
      await timing.sleep(ms, signal);
    } catch (cause) {
      if (signal?.aborted !== true) throw cause;
    }
  }
  if (signal?.aborted === true) throw new CtiaError('aborted', 'stopped while waiting', { cause: signal.reason });
}
