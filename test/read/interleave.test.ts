import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Feed, interleave, type Timed } from '../../src/read/interleave.ts';

/** A feed of ascending times that notes when it is opened and closed. */
function feedOf(
  name: string,
  times: readonly number[],
  log: string[] = [],
  startsAt = times[0] ?? -Infinity,
): Feed<string> {
  async function* values(): AsyncGenerator<Timed<string>> {
    try {
      let clock = -Infinity;
      for (const time of times) {
        clock = Math.max(clock, time);
        yield { clock, value: `${name}${time}` };
      }
    } finally {
      log.push(`close ${name}`);
    }
  }
  const open = () => {
    log.push(`open ${name}`);
    return values();
  };
  return { startsAt, open };
}

const valuesOf = async (feeds: readonly Feed<string>[], slackMs = 0) =>
  (await Array.fromAsync(interleave(feeds, slackMs))).map(({ value }) => value);

describe('interleave', () => {
  it('gives the values of sorted feeds nearly in the order of time', async () => {
    expect(await valuesOf([feedOf('a', [1, 4, 6]), feedOf('b', [2, 3, 7])])).toEqual([
      'a1',
      'a4',
      'b2',
      'b3',
      'b7',
      'a6',
    ]);
  });

  it('opens a feed only when the others come near its beginning', async () => {
    const log: string[] = [];
    await valuesOf([feedOf('late', [100, 101], log), feedOf('early', [1, 2], log), feedOf('next', [2, 50], log)], 5);
    expect(log).toEqual(['open early', 'open next', 'close early', 'close next', 'open late', 'close late']);
  });

  it('opens a feed whose beginning is unknown at once', async () => {
    const log: string[] = [];
    await valuesOf([feedOf('a', [1, 2], log), feedOf('unknown', [], log)]);
    expect(log[0]).toBe('open unknown');
  });

  it('closes every feed when the reader leaves, and when one fails', async () => {
    const log: string[] = [];
    for await (const _ of interleave([feedOf('a', [1, 2], log), feedOf('b', [1, 2], log)], 0)) break;
    expect(log).toContain('close a');
    const broken: AsyncIterator<Timed<string>> = { next: () => Promise.reject(new Error('broken')) };
    const failing: Feed<string> = { startsAt: 0, open: () => ({ [Symbol.asyncIterator]: () => broken }) };
    await expect(valuesOf([failing, feedOf('c', [0], log)])).rejects.toThrow('broken');
  });

  it('loses nothing, keeps the order of each feed, and never gives a clock behind an earlier watermark', async () => {
    const times = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(times, { maxLength: 5 }), fc.nat(20), async (lists, slackMs) => {
        const feeds = lists.map((list, index) => feedOf(`${'abcde'[index]}`, list));
        const seen = await Array.fromAsync(interleave(feeds, slackMs));
        for (const [index, list] of lists.entries()) {
          const name = 'abcde'[index] ?? '';
          expect(seen.filter(({ value }) => value.startsWith(name)).map(({ value }) => value)).toEqual(
            list.map((time) => `${name}${time}`),
          );
        }
        let reached = -Infinity;
        for (const { clock, watermark } of seen) {
          expect(clock).toBeGreaterThanOrEqual(reached);
          expect(watermark).toBeGreaterThanOrEqual(reached);
          reached = watermark;
        }
      }),
    );
  });
});
