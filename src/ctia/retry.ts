import { type CtiaCode, CtiaError, type CtiaErrorDetails, restate } from './ctia-error.ts';
import { pause, type Timing } from './timing.ts';

/** Bounds of perseverance. */
export interface RetryPolicy {
  /** Attempts in all, the first included. */
  readonly maxAttempts: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** Least wait after a request that may have been carried out: what it wrote must be searchable before the next one. */
  readonly settleMs: number;
  /** Longest single wait that is sat out; when the server asks for more, the caller is told instead. */
  readonly maxWaitMs: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  maxAttempts: 6,
  baseDelayMs: 500,
  maxDelayMs: 30_000,
  settleMs: 3_000,
  maxWaitMs: 120_000,
};

/** What {@link verdictOf} needs to know of a failed attempt. */
export interface Failure extends Pick<CtiaErrorDetails, 'phase' | 'status' | 'retryAfterMs'> {
  readonly code: CtiaCode;
}

/** What has been tried so far. */
export interface Tried {
  /** Attempts made, the failed one included. */
  readonly attempts: number;
  /** Whether carrying the request out twice does no harm. */
  readonly repeatable: boolean;
  /** Whether another token was already fetched for this request. */
  readonly reauthenticated: boolean;
}

export type RetryVerdict =
  | { readonly action: 'retry'; readonly delayMs: number }
  | { readonly action: 'reauthenticate' }
  | { readonly action: 'give-up'; readonly why: GiveUp };
/** `final`: trying again is pointless or unsafe. `attempts`: none is left. `wait`: the server asks for more than `maxWaitMs`. */
export type GiveUp = 'final' | 'attempts' | 'wait';

const FINAL: RetryVerdict = { action: 'give-up', why: 'final' };

/**
 * What to do after a failed attempt. Nothing sent: again. A time-out, a reset, a 408 or a 5xx: again when the request
 * is repeatable, after it had time to settle. 401: once, with another token. 429: when the server says, no earlier.
 * Everything else: never. Delays grow exponentially with full jitter.
 */
export function verdictOf(failure: Failure, tried: Tried, policy: RetryPolicy, random: () => number): RetryVerdict {
  if (failure.status === 401) return tried.reauthenticated ? FINAL : { action: 'reauthenticate' };
  const leastMs = leastDelayOf(failure, tried, policy);
  if (leastMs === null) return FINAL;
  if (leastMs > policy.maxWaitMs) return { action: 'give-up', why: 'wait' };
  if (tried.attempts >= policy.maxAttempts) return { action: 'give-up', why: 'attempts' };
  const backoffMs = random() * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (tried.attempts - 1));
  return { action: 'retry', delayMs: Math.min(policy.maxWaitMs, leastMs + backoffMs) };
}

/** Least wait before the next attempt; null when there must be none. */
function leastDelayOf(failure: Failure, tried: Tried, policy: RetryPolicy): number | null {
  switch (failure.code) {
    case 'not-connected':
      return 0;
    case 'rate-limited':
      return failure.retryAfterMs ?? policy.baseDelayMs;
    case 'timed-out':
    case 'interrupted':
    case 'bad-answer':
      return failure.phase === 'unsent' ? 0 : tried.repeatable ? policy.settleMs : null;
    case 'server-error':
      return tried.repeatable ? Math.max(policy.settleMs, failure.retryAfterMs ?? 0) : null;
    default:
      return null;
  }
}

export interface PersistOptions<P> {
  readonly policy: RetryPolicy;
  readonly timing: Timing;
  readonly repeatable: boolean;
  readonly signal: AbortSignal | undefined;
  /** Makes ready for an attempt. What it throws is final. */
  readonly prepare: () => Promise<P>;
  /** Makes the next preparation use another token; false when there is none to be had. */
  readonly reauthenticate: (prepared: P) => boolean;
}

/** Calls `attempt` until it succeeds or {@link verdictOf} gives up; then its last error is thrown on. */
export async function persist<P, T>(attempt: (prepared: P) => Promise<T>, options: PersistOptions<P>): Promise<T> {
  const { policy, timing, repeatable, signal } = options;
  let reauthenticated = false;
  for (let attempts = 1; ; attempts++) {
    const prepared = await options.prepare();
    try {
      return await attempt(prepared);
    } catch (error) {
      if (!(error instanceof CtiaError)) throw error;
      const verdict = verdictOf(error, { attempts, repeatable, reauthenticated }, policy, timing.random);
      if (verdict.action === 'give-up') throw explain(error, verdict.why, attempts);
      if (verdict.action === 'retry') await pause(timing, verdict.delayMs, signal);
      else if (options.reauthenticate(prepared)) reauthenticated = true;
      else throw error;
    }
  }
}

/**
 * Waits, after a request that must not simply be repeated, until what it may have done can be found. Throws `error` on
 * when it cannot have done anything, or when no attempt is left.
 */
export async function recover(
  error: unknown,
  attempts: number,
  { policy, timing, signal }: Pick<PersistOptions<unknown>, 'policy' | 'timing' | 'signal'>,
): Promise<void> {
  const mayHaveActed = (it: CtiaError): boolean =>
    it.phase === 'unanswered' || (it.phase === 'answered' && it.code === 'server-error');
  if (!(error instanceof CtiaError) || !mayHaveActed(error)) throw error;
  const verdict = verdictOf(error, { attempts, repeatable: true, reauthenticated: true }, policy, timing.random);
  if (verdict.action !== 'retry') throw verdict.action === 'give-up' ? explain(error, verdict.why, attempts) : error;
  await pause(timing, verdict.delayMs, signal);
}

/** The error with the reason why it was not tried (again), where that is not plain from the error itself. */
function explain(error: CtiaError, why: GiveUp, attempts: number): CtiaError {
  switch (why) {
    case 'final':
      return error;
    case 'attempts':
      return restate(error, `${error.message}; given up after ${attempts} attempt${attempts === 1 ? '' : 's'}`);
    case 'wait': {
      if (error.retryAfterMs === null)
        return restate(error, `${error.message}; any pause is longer than is waited here`);
      const seconds = Math.ceil(error.retryAfterMs / 1000);
      return restate(error, `${error.message}; it may be tried again in ${seconds} s, longer than is waited here`);
    }
  }
}
