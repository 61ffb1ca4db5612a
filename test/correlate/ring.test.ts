import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clearRing, emptyRing, itemsOf, pushRing, ringAt, settleNewest, shiftRing } from '../../src/correlate/ring.ts';

it('is a queue', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat())), (steps) => {
      const ring = emptyRing<number>();
      const model: number[] = [];
      for (const step of steps) {
        if (step === null) {
          expect(shiftRing(ring)).toBe(model.shift());
        } else {
          pushRing(ring, step);
          model.push(step);
        }
        expect(itemsOf(ring)).toEqual(model);
        expect(ringAt(ring, 0)).toBe(model[0]);
        expect(ringAt(ring, model.length)).toBeUndefined();
      }
      clearRing(ring);
      expect(itemsOf(ring)).toEqual([]);
    }),
  );
});

it('brings what came late to its place, behind its equals', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9)), fc.nat(5), (times, shifts) => {
      const ring = emptyRing<{ time: number; order: number }>();
      for (let shift = 0; shift < shifts; shift++) pushRing(ring, { time: 0, order: -1 });
      for (let shift = 0; shift < shifts; shift++) shiftRing(ring);
      const items = times.map((time, order) => ({ time, order }));
      for (const item of items) {
        pushRing(ring, item);
        settleNewest(ring);
      }
      expect(itemsOf(ring)).toEqual(items.toSorted((a, b) => a.time - b.time));
    }),
  );
});
