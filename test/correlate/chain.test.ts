import fc from 'fast-check';
import { expect, it } from 'vitest';
import { advanceChain, chainLength, emptyChain, rebuildChain } from '../../src/correlate/chain.ts';
import { emptyRing, pushRing } from '../../src/correlate/ring.ts';
import { makeEntry } from './fixtures.ts';

const TIMESPAN = 10;
const rules = ['a', 'b', 'c'];

interface Event {
  readonly rule: string;
  readonly time: number;
  readonly entry: ReturnType<typeof makeEntry>;
}

/** The definition, straight: the longest run of rules, from the first on, found in order of time since `floor`. */
function longest(events: readonly Event[], list: readonly string[], floor: number): number {
  let reached = [{ time: floor, entry: null as Event['entry'] | null }];
  for (const [index, rule] of list.entries()) {
    const next = events.filter(
      (event) => event.rule === rule && reached.some(({ time, entry }) => time <= event.time && entry !== event.entry),
    );
    if (next.length === 0) return index;
    reached = next;
  }
  return list.length;
}

const stream = fc.array(fc.record({ rule: fc.constantFrom(...rules), pause: fc.constantFrom(0, 1, 2, 4, 9) }), {
  maxLength: 30,
});
const list = fc.constantFrom(['a', 'b', 'c'], ['a', 'a'], ['b', 'a', 'b'], ['c', 'a']);

it('agrees with its definition after each event, and when it is rebuilt', () => {
  fc.assert(
    fc.property(stream, list, (steps, order) => {
      const chain = emptyChain(order);
      const rings = rules.map(() => emptyRing<Event>());
      const events: Event[] = [];
      let time = 0;
      for (const { rule, pause } of steps) {
        time += pause;
        const event = { rule, time, entry: makeEntry(time) };
        events.push(event);
        const ring = rings[rules.indexOf(rule)];
        if (ring !== undefined) pushRing(ring, event);
        advanceChain(chain, rule, event);
        expect(chainLength(chain, time - TIMESPAN)).toBe(longest(events, order, time - TIMESPAN));
      }
      const rebuilt = emptyChain(order);
      rebuildChain(rebuilt, rules, rings);
      expect(chainLength(rebuilt, time - TIMESPAN)).toBe(chainLength(chain, time - TIMESPAN));
    }),
  );
});
