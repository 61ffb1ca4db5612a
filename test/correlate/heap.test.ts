import fc from 'fast-check';
import { expect, it } from 'vitest';
import { popHeap, pushHeap } from '../../src/correlate/heap.ts';

const byNumber = (a: number, b: number) => a - b;

it('gives back in order whatever was put in between', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: -20, max: 20 }))), (steps) => {
      const heap: number[] = [];
      const model: number[] = [];
      for (const step of steps) {
        if (step === null) {
          expect(popHeap(heap, byNumber)).toBe(model.shift());
        } else {
          pushHeap(heap, step, byNumber);
          model.push(step);
          model.sort(byNumber);
        }
        expect(heap[0]).toBe(model[0]);
      }
    }),
  );
});
