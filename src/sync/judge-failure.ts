import { type CtiaCode, CtiaError } from '../ctia/ctia.ts';
import { TicketError } from '../tickets/tickets.ts';
import type { Side } from './event.ts';

/** What a failure means: the side is left alone for a while, or this one piece of work waits for a person. */
export interface Failure {
  readonly side: Side;
  readonly action: 'hold' | 'park';
  /** Epoch ms before which the side wants no request; null when it did not say. */
  readonly retryAt: number | null;
  readonly reason: string;
}

/** Refusals of what was asked, rather than of whoever asked: others may fare better. */
const REFUSALS: readonly CtiaCode[] = ['bad-request', 'too-large', 'answer-too-large', 'bad-options'];

/** The longest time that anything waits: one that is further off was set before the clock was put back. */
const MAX_WAIT_MS = 86_400_000;

/** Whether a time to wait for, epoch ms, is still to come. */
export function isAhead(time: number, now: number): boolean {
  return time > now && time <= now + MAX_WAIT_MS;
}

/** Null for what is no failure of a side. */
export function judgeFailure(error: unknown, now: number): Failure | null {
  if (error instanceof TicketError) {
    const { isRefusal, message: reason } = error;
    const retryAt = error.retryAt === null ? null : Math.min(error.retryAt, now + MAX_WAIT_MS);
    return { side: 'ticket', action: isRefusal ? 'park' : 'hold', retryAt, reason };
  }
  if (!(error instanceof CtiaError) || error.code === 'aborted') return null;
  const action = REFUSALS.includes(error.code) ? 'park' : 'hold';
  const retryAt = error.retryAfterMs === null ? null : now + error.retryAfterMs;
  return { side: 'xdr', action, retryAt, reason: error.message };
}

/** Whether this one piece of work is refused, and others need not be. */
export function isRefusal(error: unknown): boolean {
  return judgeFailure(error, 0)?.action === 'park';
}

const BASE_DELAY_MS = 3_000;
const MAX_DELAY_MS = 300_000;

/** How long to wait after so many failures in a row: 3 s for what was sent to be found, doubling up to five minutes. */
export function backOff(failures: number, random: () => number): number {
  const most = Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** Math.min(failures, 10));
  return BASE_DELAY_MS + random() * (most - BASE_DELAY_MS);
}
