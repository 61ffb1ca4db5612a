import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Feed, interleave } from '../../src/read/interleave.ts';

interface Step {
  readonly name: string;
  readonly clock: number;
}

/** A feed whose clock goes through `clocks`; notes in `log` when it is opened and closed and each step it makes. */
function feedOf(name: string, clocks: readonly number[], log: (string | Step)[] = []): Feed {
  async function* steps(): AsyncGenerator<number> {
    try {
      for (const clock of clocks) {
        log.push({ name, clock });
        yield clock;
      }
    } finally {
      log.push(`close ${name}`);
    }
  }
  const open = () => {
    log.push(`open ${name}`);
    return steps();
  };
  return { startsAt: clocks[0] ?? -Infinity, open };
}

const runAll = (feeds: readonly Feed[], slackMs = 0) => Array.fromAsync(interleave(feeds, slackMs));
const named = (log: readonly (string | Step)[]) => log.filter((entry) => typeof entry === 'string');
const stepsOf = (log: readonly (string | Step)[]) => log.filter((entry) => typeof entry !== 'string');

describe('interleave', () => {
  it('goes on with the feed that is furthest behind', async () => {
    const log: (string | Step)[] = [];
    expect(await runAll([feedOf('a', [1, 4, 6], log), feedOf('b', [2, 3, 7], log)])).toEqual([1, 2, 2, 3, 4, 6]);
    expect(stepsOf(log).map(({ name, clock }) => `${name}${clock}`)).toEqual(['a1', 'a4', 'b2', 'b3', 'b7', 'a6']);
  });

  it('opens a feed only when the others come near its beginning', async () => {
    const log: (string | Step)[] = [];
    await runAll([feedOf('late', [100, 101], log), feedOf('early', [1, 2], log), feedOf('next', [2, 50], log)], 5);
    expect(named(log)).toEqual(['open early', 'open next', 'close early', 'close next', 'open late', 'close late']);
  });

  it('opens a feed whose beginning is unknown at once', async () => {
    const log: (string | Step)[] = [];
    await runAll([feedOf('a', [1, 2], log), feedOf('unknown', [], log)]);
    expect(named(log)[0]).toBe('open unknown');
  });

  it('closes every feed when the reader leaves, and when one fails', async () => {
    const log: (string | Step)[] = [];
    for await (const _ of interleave([feedOf('a', [1, 2], log), feedOf('b', [1, 2], log)], 0)) break;
    expect(named(log)).toContain('close a');
    const broken: AsyncIterator<number> = { next: () => Promise.reject(new Error('broken')) };
    const failing: Feed = { startsAt: 0, open: () => ({ [Symbol.asyncIterator]: () => broken }) };
    await expect(runAll([failing, feedOf('c', [0], log)])).rejects.toThrow('broken');
  });

  it('reads every feed to its end, and no clock ever falls behind what it has yielded', async () => {
    const ascending = fc
      .array(fc.integer({ min: 0, max: 50 }), { maxLength: 12 })
      .map((list) => list.sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(fc.array(ascending, { maxLength: 5 }), fc.nat(20), async (lists, slackMs) => {
        const log: (string | Step)[] = [];
        const feeds = lists.map((clocks, index) => feedOf(`${index}`, clocks, log));
        let reached = -Infinity;
        let seen = 0;
        for await (const watermark of interleave(feeds, slackMs)) {
          const steps = stepsOf(log);
          for (const { clock } of steps.slice(seen)) expect(clock).toBeGreaterThanOrEqual(reached);
          seen = steps.length;
          expect(watermark).toBeGreaterThanOrEqual(reached);
          reached = watermark;
        }
        for (const [index, clocks] of lists.entries()) {
          const own = stepsOf(log).filter(({ name }) => name === `${index}`);
          expect(own.map(({ clock }) => clock)).toEqual(clocks);
        }
      }),
    );
  });
});
