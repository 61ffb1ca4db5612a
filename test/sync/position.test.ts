import fc from 'fast-check';
import { expect, it } from 'vitest';
import { advance, BEGINNING, isFresh, OVERLAP_MS, type Timed } from '../../src/sync/position.ts';

it('whatever comes into sight late, within the overlap, is taken once and only once', () => {
  const item = fc.record({
    time: fc.integer({ min: OVERLAP_MS, max: 20 * OVERLAP_MS }),
    lateMs: fc.integer({ min: 0, max: OVERLAP_MS - 1 }),
  });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 40 }), fc.integer({ min: 500, max: OVERLAP_MS * 2 }), (items, everyMs) => {
      const all = items.map(({ time, lateMs }, i) => ({ id: String(i), time, seenAt: time + lateMs }));
      let position = BEGINNING;
      const taken: string[] = [];
      for (let now = 0; now < 23 * OVERLAP_MS; now += everyMs) {
        const fresh: Timed[] = all.filter((one) => one.seenAt <= now && isFresh(position, one));
        taken.push(...fresh.map(({ id }) => id));
        position = advance(position, fresh);
      }
      expect(taken.toSorted()).toEqual(all.map(({ id }) => id).toSorted());
    }),
  );
});

it('what changed again is fresh again', () => {
  const position = advance(BEGINNING, [{ id: 'a', time: 100_000 }]);
  expect(isFresh(position, { id: 'a', time: 100_000 })).toBe(false);
  expect(isFresh(position, { id: 'a', time: 100_001 })).toBe(true);
  expect(isFresh(position, { id: 'b', time: 100_000 - OVERLAP_MS })).toBe(false);
});

it('remembers no more than the overlap', () => {
  const position = advance(advance(BEGINNING, [{ id: 'a', time: 1 }]), [{ id: 'b', time: OVERLAP_MS + 1 }]);
  expect(position).toEqual({ at: OVERLAP_MS + 1, seen: { b: OVERLAP_MS + 1 } });
});
