import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openState, type State } from '../../../src/state/state.ts';
import { newPath, outgoing, receiptFor, XDR } from '../states.ts';

/** What the outbox should hold, said as plainly as possible. */
interface Expected {
  readonly key: string;
  parked: boolean;
  notBefore: number;
}

type Step =
  | { readonly do: 'commit'; readonly keys: readonly string[] }
  | { readonly do: 'settle' | 'park' | 'reopen' }
  | { readonly do: 'defer' | 'wait'; readonly ms: number }
  | { readonly do: 'drop' | 'retry'; readonly pick: number };

const key = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 9 })).map(([who, n]) => `${who}-${n}`);
const ms = fc.integer({ min: 1, max: 100 });
const pick = fc.nat({ max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('commit' as const), keys: fc.array(key, { maxLength: 4 }) }),
  fc.record({ do: fc.constantFrom('settle' as const, 'park' as const, 'reopen' as const) }),
  fc.record({ do: fc.constantFrom('defer' as const, 'wait' as const), ms }),
  fc.record({ do: fc.constantFrom('drop' as const, 'retry' as const), pick }),
);

/** Waiting, first of its incident among those that wait, and its time has come. */
function firstDue(expected: readonly Expected[], now: number): Expected | undefined {
  const seen = new Set<string>();
  return expected.find(({ key, parked, notBefore }) => {
    const incident = key.charAt(0);
    if (parked || seen.has(incident)) return false;
    seen.add(incident);
    return notBefore <= now;
  });
}

it('does what a plain list would, however it is used, and forgets nothing between two runs', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const path = newPath();
      let now = 1_000_000;
      const open = () => openState(path, { clock: () => now });
      let state: State = open();
      let expected: Expected[] = [];
      const known = new Set<string>();
      for (const given of steps) {
        const due = state.outbox.next(XDR);
        expect(due?.key).toBe(firstDue(expected, now)?.key);
        switch (given.do) {
          case 'commit':
            state.commit({ parcels: given.keys.map((key) => outgoing(key)) });
            for (const key of given.keys) {
              if (!known.has(key)) expected.push({ key, parked: false, notBefore: 0 });
              known.add(key);
            }
            break;
          case 'settle':
            if (due !== null) state.outbox.settle(due.seq, receiptFor(due.key));
            expected = expected.filter(({ key }) => key !== due?.key);
            break;
          case 'park':
            if (due !== null) state.outbox.park(due.seq, 'refused');
            for (const entry of expected)
              if (entry.key === due?.key) Object.assign(entry, { parked: true, notBefore: 0 });
            break;
          case 'defer':
            if (due !== null) {
              state.outbox.defer(due.seq, { notBefore: now + given.ms, heldUntil: now, failures: 1, reason: 'x' });
            }
            for (const entry of expected) if (entry.key === due?.key) entry.notBefore = now + given.ms;
            break;
          case 'wait':
            now += given.ms;
            break;
          case 'drop':
          case 'retry': {
            const entry = [...state.outbox.list()][given.pick];
            if (entry === undefined) break;
            state.outbox[given.do](entry.seq);
            if (given.do === 'drop') expected = expected.filter(({ key }) => key !== entry.key);
            for (const other of expected) {
              if (other.key === entry.key) Object.assign(other, { parked: false, notBefore: 0 });
            }
            break;
          }
          case 'reopen':
            state.close();
            state = open();
        }
        const held = Array.from(state.outbox.list(), ({ key, state: at, notBefore }) => [
          key,
          at === 'parked',
          notBefore,
        ]);
        expect(held).toEqual(expected.map(({ key, parked, notBefore }) => [key, parked, notBefore]));
      }
      state.close();
    }),
    { numRuns: 40 },
  );
});
