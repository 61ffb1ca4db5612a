import { describe, expect, it } from 'vitest';
import { DEFAULT_RETRY_POLICY, verdictOf } from '../../src/ctia/ctia.ts';

const policy = DEFAULT_RETRY_POLICY;
const first = { attempts: 1, repeatable: true, reauthenticated: false };
const answered = (
  code: Parameters<typeof verdictOf>[0]['code'],
  status: number,
  retryAfterMs: number | null = null,
) => ({
  code,
  phase: 'answered' as const,
  status,
  retryAfterMs,
});
const lost = (code: Parameters<typeof verdictOf>[0]['code'], phase: 'unsent' | 'unanswered') => ({
  code,
  phase,
  status: null,
  retryAfterMs: null,
});
const worst = () => 0.999999;
const best = () => 0;

describe('verdictOf', () => {
  it.each([
    ['connection refused', lost('not-connected', 'unsent'), first, { action: 'retry', delayMs: 0 }],
    [
      'connection refused, not repeatable',
      lost('not-connected', 'unsent'),
      { ...first, repeatable: false },
      { action: 'retry', delayMs: 0 },
    ],
    [
      'time-out while connecting',
      lost('timed-out', 'unsent'),
      { ...first, repeatable: false },
      { action: 'retry', delayMs: 0 },
    ],
    ['time-out after sending', lost('timed-out', 'unanswered'), first, { action: 'retry', delayMs: 3000 }],
    [
      'time-out after sending, not repeatable',
      lost('timed-out', 'unanswered'),
      { ...first, repeatable: false },
      { action: 'give-up', why: 'final' },
    ],
    ['reset after sending', lost('interrupted', 'unanswered'), first, { action: 'retry', delayMs: 3000 }],
    ['truncated answer', lost('bad-answer', 'unanswered'), first, { action: 'retry', delayMs: 3000 }],
    ['answer beyond the bound', lost('answer-too-large', 'unanswered'), first, { action: 'give-up', why: 'final' }],
    ['certificate not trusted', lost('bad-certificate', 'unsent'), first, { action: 'give-up', why: 'final' }],
    ['aborted', lost('aborted', 'unsent'), first, { action: 'give-up', why: 'final' }],
    ['401', answered('unauthorised', 401), first, { action: 'reauthenticate' }],
    [
      '401 again',
      answered('unauthorised', 401),
      { ...first, reauthenticated: true },
      { action: 'give-up', why: 'final' },
    ],
    ['429 without a time', answered('rate-limited', 429), first, { action: 'retry', delayMs: 500 }],
    [
      '429 with a time',
      answered('rate-limited', 429, 7000),
      { ...first, repeatable: false },
      { action: 'retry', delayMs: 7000 },
    ],
    ['429 for an hour', answered('rate-limited', 429, 3_600_000), first, { action: 'give-up', why: 'wait' }],
    ['500', answered('server-error', 500), first, { action: 'retry', delayMs: 3000 }],
    ['503 with a time', answered('server-error', 503, 9000), first, { action: 'retry', delayMs: 9000 }],
    [
      '502, not repeatable',
      answered('server-error', 502),
      { ...first, repeatable: false },
      { action: 'give-up', why: 'final' },
    ],
    ['400', answered('bad-request', 400), first, { action: 'give-up', why: 'final' }],
    ['403', answered('forbidden', 403), first, { action: 'give-up', why: 'final' }],
    ['404', answered('not-found', 404), first, { action: 'give-up', why: 'final' }],
    ['a redirect', answered('unexpected-status', 302), first, { action: 'give-up', why: 'final' }],
    [
      'the last attempt',
      answered('server-error', 500),
      { ...first, attempts: 6 },
      { action: 'give-up', why: 'attempts' },
    ],
  ] as const)('%s', (_, failure, tried, expected) => {
    expect(verdictOf(failure, tried, policy, best)).toEqual(expected);
  });

  it('spreads delays over the whole of a span that doubles up to a bound', () => {
    const spans = [1, 2, 3, 4, 5].map((attempts) => {
      const verdict = verdictOf(
        lost('not-connected', 'unsent'),
        { ...first, attempts },
        { ...policy, maxDelayMs: 4000 },
        worst,
      );
      return verdict.action === 'retry' ? Math.round(verdict.delayMs) : null;
    });
    expect(spans).toEqual([500, 1000, 2000, 4000, 4000]);
  });

  it('never waits less than the server asks, nor more than is allowed', () => {
    const failure = answered('rate-limited', 429, policy.maxWaitMs - 100);
    const verdict = verdictOf(failure, { ...first, attempts: 5 }, policy, worst);
    expect(verdict).toEqual({ action: 'retry', delayMs: policy.maxWaitMs });
  });
});
