/** Keeps the calls to one service under the limit that the server states, and out of a pause that it asked for. */
export interface Pacer {
  /** Milliseconds to wait before the next request, which has its place in the line then. Above `maxWaitMs` no place is taken. */
  reserve(maxWaitMs: number): number;
  /** Learns requests an hour from an answer's headers. */
  learn(headers: Headers): void;
  /** No request before `ms` from now. */
  hold(ms: number): void;
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Header names of the hourly limit: CTIA's and IROH's. */
const LIMIT_HEADERS = ['x-ratelimit-group-limit', 'x-ratelimit-org-limit'];
const HOUR_MS = 3_600_000;
/** Parts of the hourly limit: at once after a quiet time, and evenly over the hour. The rest is left to other clients. */
const BURST_SHARE = 0.1;
const STEADY_SHARE = 0.8;

/**
 * A token bucket: in no window of an hour do more than 90% of the stated limit leave. Until the server states a limit
 * nothing is held back.
 */
export function pacer(clock: () => number): Pacer {
  let perHour = Number.POSITIVE_INFINITY;
  let allowance = 0;
  let refilledAt = clock();
  let held = { from: 0, until: 0 };

  /** Brings the allowance up to date; a debt is that of the requests already standing in line. */
  function refill(now: number): void {
    const most = Math.max(1, perHour * BURST_SHARE);
    allowance = Math.min(most, allowance + (Math.max(0, now - refilledAt) * perHour * STEADY_SHARE) / HOUR_MS);
    refilledAt = now;
  }

  return {
    reserve(maxWaitMs) {
      const now = clock();
      // A clock that was put back says nothing about how long to wait.
      let waitMs = now < held.from ? 0 : Math.max(0, held.until - now);
      if (Number.isFinite(perHour)) {
        refill(now);
        if (allowance < 1) waitMs = Math.max(waitMs, ((1 - allowance) * HOUR_MS) / (perHour * STEADY_SHARE));
      }
      if (waitMs <= maxWaitMs) allowance -= 1;
      return waitMs;
    },
    learn(headers) {
      const limits = LIMIT_HEADERS.map((name) => Number(headers[name])).filter((n) => Number.isInteger(n) && n > 0);
      if (limits.length === 0) return;
      const stated = Math.min(...limits);
      if (stated === perHour) return;
      perHour = stated;
      allowance = Math.max(1, stated * BURST_SHARE);
      refilledAt = clock();
    },
    hold(ms) {
      const from = clock();
      held = { from, until: Math.max(from < held.from ? 0 : held.until, from + ms) };
    },
  };
}
