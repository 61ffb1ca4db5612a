import { describe, expect, it } from 'vitest';
import { realTiming } from '../../src/ctia/ctia.ts';
import { pause } from '../../src/ctia/timing.ts';
import { fakeTiming } from './support.ts';

describe('realTiming', () => {
  it('knows the time and gives chances from 0 to 1', () => {
    expect(realTiming.clock()).toBeGreaterThan(Date.UTC(2025));
    const chances = Array.from({ length: 100 }, () => realTiming.random());
    expect(Math.min(...chances)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...chances)).toBeLessThan(1);
  });

  it('sleeps, also longer than a timer of Node.js can', async () => {
    await realTiming.sleep(1);
    const stop = new AbortController();
    const long = realTiming.sleep(2 ** 40, stop.signal).then(
      () => 'slept',
      () => 'stopped',
    );
    const short = realTiming.sleep(20).then(() => 'still asleep');
    expect(await Promise.race([long, short])).toBe('still asleep');
    stop.abort();
    expect(await long).toBe('stopped');
  });
});

describe('pause', () => {
  it('takes no time for none', async () => {
    const timing = fakeTiming();
    await pause(timing, 0, undefined);
    await pause(timing, -1, undefined);
    expect(timing.slept).toEqual([]);
  });

  it('passes on what is wrong with the clock itself', async () => {
    const timing = { ...fakeTiming(), sleep: () => Promise.reject(new Error('broken')) };
    await expect(pause(timing, 1, undefined)).rejects.toThrow('broken');
  });
});
