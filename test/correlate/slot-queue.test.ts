import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { slotQueue } from '../../src/correlate/slot-queue.ts';

const times = fc.array(fc.record({ at: fc.nat(40), comes: fc.boolean(), steps: fc.nat(3) }), {
  minLength: 1,
  maxLength: 300,
});

it('gives items in the order of time, one for each time, however they come and go', () => {
  fc.assert(
    fc.property(times, fc.constantFrom(0, 1, 20), (all, haste) => {
      const queue = slotQueue<{ readonly at: number }>();
      const waiting = new Map<number, { readonly at: number }>();
      let made = 0;
      for (const [index, { at: early, comes, steps }] of all.entries()) {
        const at = early + index * haste;
        if (comes || waiting.size === 0) {
          const known = waiting.get(at);
          const item = queue.find(at, (time) => ({ at: time, number: made++ }));
          expect(item).toBe(known ?? item);
          waiting.set(at, item);
        }
        for (let step = 0; step < steps && waiting.size > 0; step++) {
          const first = Math.min(...waiting.keys());
          expect(queue.first()).toBe(waiting.get(first));
          queue.shift();
          waiting.delete(first);
        }
        expect(queue.items().toSorted((a, b) => a.at - b.at)).toEqual(
          [...waiting.values()].sort((a, b) => a.at - b.at),
        );
      }
      expect(queue.first()?.at ?? null).toBe(waiting.size === 0 ? null : Math.min(...waiting.keys()));
    }),
  );
});

it('lets items go that were taken out, in order or not', () => {
  const queue = slotQueue<{ readonly at: number }>();
  for (let at = 0; at < 500; at++) queue.find(at * 2, (time) => ({ at: time }));
  for (let at = 0; at < 300; at++) queue.shift();
  queue.find(601, (time) => ({ at: time }));
  const given = [600, 601, 602].map(() => {
    const at = queue.first()?.at;
    queue.shift();
    return at;
  });
  expect([given, queue.items().length]).toEqual([[600, 601, 602], 198]);
});

it('holds no item that was taken out', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const queue = slotQueue<{ readonly at: number }>();
  const refs = Array.from({ length: 100 }, (_, at) => new WeakRef(queue.find(at, (time) => ({ at: time }))));
  for (let at = 0; at < 10; at++) queue.shift();
  // What a reference was just made of is kept until the next turn.
  await new Promise(setImmediate);
  collectGarbage();
  expect(refs.map((ref) => ref.deref() !== undefined)).toEqual(refs.map((_, at) => at >= 10));
});
