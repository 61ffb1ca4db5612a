import { describe, expect, it } from 'vitest';
import { pacer } from '../../src/ctia/pacer.ts';

const HOUR_MS = 3_600_000;

describe('pacer', () => {
  it('holds nothing back until a limit is stated', () => {
    const pace = pacer(() => 0);
    expect(Array.from({ length: 50_000 }, () => pace.reserve(0)).every((waitMs) => waitMs === 0)).toBe(true);
  });

  it.each([
    ['x-ratelimit-group-limit', 16_000],
    ['x-ratelimit-org-limit', 8_000],
    ['x-ratelimit-org-limit', 10],
  ])('by %s: %i lets at most 90%% of it go in any hour, and most of it', (header, limit) => {
    let now = 0;
    const pace = pacer(() => now);
    pace.learn({ [header]: String(limit) });
    const sent: number[] = [];
    while (now < 3 * HOUR_MS) {
      now += pace.reserve(Number.POSITIVE_INFINITY);
      sent.push(now);
    }
    let from = 0;
    let most = 0;
    sent.forEach((at, to) => {
      while ((sent[from] ?? 0) <= at - HOUR_MS) from++;
      most = Math.max(most, to - from + 1);
    });
    expect(most).toBeLessThanOrEqual(limit * 0.9 + 1);
    expect(most).toBeGreaterThanOrEqual(limit * 0.79);
  });

  it('gives places in the line to requests at once', () => {
    const pace = pacer(() => 0);
    pace.learn({ 'x-ratelimit-org-limit': '10' });
    const waits = [1, 2, 3].map(() => pace.reserve(Number.POSITIVE_INFINITY));
    expect(waits).toEqual([0, HOUR_MS / 8, (2 * HOUR_MS) / 8]);
  });

  it('does not wait for the time that a clock showed before it was put back', () => {
    let now = 24 * HOUR_MS;
    const pace = pacer(() => now);
    pace.learn({ 'x-ratelimit-org-limit': '10' });
    pace.hold(5000);
    now = HOUR_MS;
    expect(pace.reserve(0)).toBe(0);
    pace.hold(1000);
    expect(pace.reserve(HOUR_MS)).toBe(HOUR_MS / 8);
  });

  it('gives no place to what will not wait that long', () => {
    const pace = pacer(() => 0);
    pace.hold(5000);
    expect([pace.reserve(4999), pace.reserve(5000)]).toEqual([5000, 5000]);
    pace.learn({ 'x-ratelimit-org-limit': '10' });
    pace.reserve(HOUR_MS);
    expect(pace.reserve(1000)).toBe(pace.reserve(1000));
  });

  it.each([
    [{}],
    [{ 'x-ratelimit-org-limit': 'many' }],
    [{ 'x-ratelimit-org-limit': '0' }],
    [{ 'x-ratelimit-org-limit': ['1', '2'] }],
  ])('is not misled by %j', (headers) => {
    const pace = pacer(() => 0);
    pace.learn(headers);
    expect([pace.reserve(0), pace.reserve(0)]).toEqual([0, 0]);
  });

  it('heeds the smaller of two limits, and a limit that is lifted', () => {
    const pace = pacer(() => 0);
    pace.learn({ 'x-ratelimit-org-limit': '10', 'x-ratelimit-group-limit': '100' });
    pace.reserve(HOUR_MS);
    expect(pace.reserve(HOUR_MS)).toBeGreaterThan(0);
    pace.learn({ 'x-ratelimit-org-limit': '1000' });
    expect(pace.reserve(0)).toBe(0);
  });
});
