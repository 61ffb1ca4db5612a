import { json, Refusal } from '../http/answer.ts';

/** Counts the requests of each organisation within a rolling window. */
export interface RateLimiter {
  /** Takes one request of `org` into account, or throws the server's 429; refused ones do not count. */
  count(org: string): void;
}

export function rateLimiter(limit: number, windowMs: number, clock: () => number): RateLimiter {
  const timesByOrg = new Map<string, number[]>();
  return {
    count(org) {
      const now = clock();
      const times = (timesByOrg.get(org) ?? []).filter((time) => time > now - windowMs);
      timesByOrg.set(org, times);
      const [oldest] = times;
      if (oldest !== undefined && times.length >= limit) {
        const retryAfterS = Math.max(1, Math.ceil((oldest + windowMs - now) / 1000));
        throw new Refusal(json(429, { error: 'Too Many Requests' }, { 'retry-after': String(retryAfterS) }));
      }
      times.push(now);
    },
  };
}
