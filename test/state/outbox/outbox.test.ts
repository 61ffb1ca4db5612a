import { describe, expect, it } from 'vitest';
import { openState, type State } from '../../../src/state/state.ts';
import { newPath, newState, outgoing, receiptFor, XDR } from '../states.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const HOUR = 3_600_000;

/** A state whose clock stands until it is set. */
function clockedState(keys: readonly string[] = []) {
  const now = { ms: NOON };
  const state = newState({ clock: () => now.ms });
  state.commit({ parcels: keys.map((key) => outgoing(key)) });
  const next = () => state.outbox.next(XDR)?.key ?? null;
  return { state, now, next, outbox: state.outbox };
}

const seqOf = ({ outbox }: State, key: string): number => {
  for (const entry of outbox.list()) if (entry.key === key) return entry.seq;
  throw new Error(`no ${key} in the outbox`);
};
const keysIn = ({ outbox }: State) => Array.from(outbox.list(), ({ key }) => key);
const settle = (state: State, key: string) => state.outbox.settle(seqOf(state, key), receiptFor(key));
const defer = (state: State, key: string, notBefore: number, heldUntil = 0) =>
  state.outbox.defer(seqOf(state, key), { notBefore, heldUntil, failures: 1, reason: 'unreachable' });

describe('the turn', () => {
  it('goes by the order in which parcels came, each destination by itself', () => {
    const { state, next, outbox } = clockedState(['b-1', 'a-1']);
    state.commit({ parcels: [outgoing('c-1', { destination: 'file' })] });
    expect([next(), outbox.next('file')?.key, outbox.next('nowhere')]).toEqual(['b-1', 'c-1', null]);
    settle(state, 'b-1');
    expect(next()).toBe('a-1');
    settle(state, 'a-1');
    expect([next(), outbox.nextDue(XDR)]).toEqual([null, null]);
    state.close();
  });

  it('hands out all there is to know of a parcel', () => {
    const { state, outbox } = clockedState(['é-1']);
    expect(outbox.next(XDR)).toEqual({
      seq: 1,
      key: 'é-1',
      incident: 'é',
      destination: XDR,
      state: 'waiting',
      attempts: 0,
      notBefore: 0,
      created: NOON,
      bytes: 14,
      reason: null,
      body: '{"key":"é-1"}',
    });
    expect(outbox.find(2)).toBeNull();
    state.close();
  });

  it('keeps the order within an incident: a parcel that waits for its time holds up only those', () => {
    const { state, now, next, outbox } = clockedState(['a-1', 'a-2', 'b-1']);
    defer(state, 'a-1', NOON + HOUR);
    expect(next()).toBe('b-1');
    settle(state, 'b-1');
    expect([next(), outbox.nextDue(XDR)]).toEqual([null, NOON + HOUR]);
    now.ms += HOUR;
    expect(next()).toBe('a-1');
    expect(outbox.find(1)).toMatchObject({ attempts: 1, reason: 'unreachable' });
    state.close();
  });

  it('a parked parcel holds nothing up, not even its own incident', () => {
    const { state, next, outbox } = clockedState(['a-1', 'a-2', 'b-1']);
    outbox.park(seqOf(state, 'a-1'), 'refused: too odd');
    expect(next()).toBe('a-2');
    expect(outbox.find(1)).toMatchObject({ state: 'parked', attempts: 1, reason: 'refused: too odd' });
    state.close();
  });

  it('a destination that is held back gets nothing, even after a restart, until its time or its next answer', () => {
    const path = newPath();
    const now = { ms: NOON };
    const clock = () => now.ms;
    const first = openState(path, { clock });
    first.commit({ parcels: [outgoing('a-1'), outgoing('b-1'), outgoing('c-1', { destination: 'file' })] });
    defer(first, 'a-1', NOON + 2000, NOON + 1000);
    first.close();
    const state = openState(path, { clock });
    const next = () => state.outbox.next(XDR)?.key ?? null;
    expect([next(), state.outbox.nextDue(XDR), state.outbox.failuresOf(XDR)]).toEqual([null, NOON + 1000, 1]);
    expect([state.outbox.next('file')?.key, state.outbox.failuresOf('file')]).toEqual(['c-1', 0]);
    now.ms += 1000;
    expect(next()).toBe('b-1');
    expect(state.outbox.counts().holds).toEqual([
      { destination: XDR, until: NOON + 1000, failures: 1, reason: 'unreachable' },
    ]);
    settle(state, 'b-1');
    expect([state.outbox.failuresOf(XDR), state.outbox.counts().holds]).toEqual([0, []]);
    state.close();
  });

  it('a refusal is an answer, too', () => {
    const { state, next, outbox } = clockedState(['a-1', 'b-1']);
    defer(state, 'a-1', NOON + 1000, NOON + 1000);
    outbox.park(seqOf(state, 'b-1'), 'refused');
    expect([outbox.failuresOf(XDR), next()]).toEqual([0, null]);
    state.close();
  });

  it('nothing is held back for longer than the bound, nor by a clock that was ahead', () => {
    const { state, now, next, outbox } = clockedState(['a-1']);
    defer(state, 'a-1', NOON + 1000 * HOUR, NOON + 1000 * HOUR);
    expect([next(), outbox.nextDue(XDR)]).toEqual([null, NOON + 24 * HOUR]);
    now.ms -= 1;
    expect(next()).toBe('a-1');
    state.close();
  });
});

describe('a key', () => {
  it('is taken in once, whether its parcel waits, is parked, delivered or dropped', () => {
    const keys = ['waits-1', 'parked-1', 'sent-1', 'dropped-1'];
    const { state, outbox } = clockedState(keys);
    outbox.park(seqOf(state, 'parked-1'), 'refused');
    settle(state, 'sent-1');
    outbox.drop(seqOf(state, 'dropped-1'));
    state.commit({ parcels: [...keys, 'new-1', 'new-1'].map((key) => outgoing(key, { body: '"again"' })) });
    expect(keysIn(state)).toEqual(['waits-1', 'parked-1', 'new-1']);
    expect(outbox.find(1)?.body).toBe('{"key":"waits-1"}');
    state.close();
  });

  it('is another one at another destination', () => {
    const { state } = clockedState(['a-1']);
    state.commit({ parcels: [outgoing('a-1', { destination: 'file' })] });
    expect(keysIn(state)).toEqual(['a-1', 'a-1']);
    state.close();
  });

  it('is forgotten some time after delivery, which is counted', () => {
    const state = newState({ maxReceipts: 2 });
    for (const key of ['a-1', 'b-1', 'c-1', 'd-1']) {
      state.commit({ parcels: [outgoing(key)] });
      settle(state, key);
    }
    expect(state.outbox.counts()).toMatchObject({ delivered: 4, receiptsPruned: 2 });
    state.commit({ parcels: ['a-1', 'b-1', 'c-1', 'd-1'].map((key) => outgoing(key)) });
    expect(keysIn(state)).toEqual(['a-1', 'b-1']);
    state.close();
  });
});

describe('what is done after delivery', () => {
  const given = (keys: readonly string[], aftermath: string) =>
    keys.map((key, i) => outgoing(key, { aftermath: i === keys.length - 1 ? aftermath : null }));
  const ripe = ({ outbox }: State, incident: string | null = 'a') =>
    outbox.ripe(XDR, incident).map(({ data, receipts }) => [data, receipts.map(({ key }) => key)]);

  it('waits for every parcel of its giving-out, and comes again until it is finished', () => {
    const { state, outbox } = clockedState();
    state.commit({ parcels: [...given(['a-1', 'a-2'], '"first"'), ...given(['b-1'], '"other"')] });
    settle(state, 'a-1');
    expect(ripe(state)).toEqual([]);
    settle(state, 'a-2');
    expect(ripe(state)).toEqual([['"first"', ['a-1', 'a-2']]]);
    expect(ripe(state, null)).toEqual(ripe(state));
    expect(outbox.ripe('file', 'a')).toEqual([]);
    outbox.finish(outbox.ripe(XDR, 'a')[0]?.seq ?? 0);
    expect(ripe(state)).toEqual([]);
    state.close();
  });

  it('knows the ids that the server gave the incidents, and of no other entity', () => {
    const { state, outbox } = clockedState();
    state.commit({ parcels: given(['a-1'], '{}') });
    settle(state, 'a-1');
    const [receipt] = outbox.ripe(XDR, 'a')[0]?.receipts ?? [];
    expect(receipt?.entities.map(({ type, id }) => [type, id])).toEqual([['incident', 'id-of-a-1']]);
    state.close();
  });

  it('waits for a parked parcel, until that is delivered after all', () => {
    const { state, outbox } = clockedState();
    state.commit({ parcels: given(['a-1', 'a-2'], '{}') });
    outbox.park(seqOf(state, 'a-1'), 'refused');
    settle(state, 'a-2');
    expect(ripe(state)).toEqual([]);
    outbox.retry(seqOf(state, 'a-1'));
    settle(state, 'a-1');
    expect(ripe(state)).toEqual([['{}', ['a-1', 'a-2']]]);
    state.close();
  });

  it('is given up with a parcel that is dropped, that of later givings is not', () => {
    const { state, outbox } = clockedState();
    state.commit({ parcels: [...given(['a-1', 'a-2'], '"first"'), ...given(['a-3'], '"second"')] });
    outbox.drop(seqOf(state, 'a-1'));
    settle(state, 'a-2');
    expect(ripe(state)).toEqual([]);
    settle(state, 'a-3');
    expect(ripe(state)).toEqual([['"second"', ['a-2', 'a-3']]]);
    state.close();
  });

  it('is not taken in again with a parcel that was delivered already', () => {
    const { state, outbox } = clockedState();
    state.commit({ parcels: given(['a-1'], '{}') });
    settle(state, 'a-1');
    outbox.finish(1);
    state.commit({ parcels: given(['a-1'], '{}') });
    expect(ripe(state)).toEqual([]);
    state.close();
  });
});

describe('tending', () => {
  it('a retry makes a parcel due at once, and its destination with it', () => {
    const { state, next, outbox } = clockedState(['a-1', 'b-1']);
    outbox.park(seqOf(state, 'a-1'), 'refused');
    defer(state, 'b-1', NOON + HOUR, NOON + HOUR);
    expect(next()).toBeNull();
    expect([outbox.retry(1), outbox.retry(99)]).toEqual([true, false]);
    expect([next(), outbox.find(1)?.reason]).toEqual(['a-1', 'refused']);
    state.close();
  });

  it('a retry of all makes all of them due', () => {
    const { state, outbox, next } = clockedState(['a-1', 'b-1']);
    outbox.park(seqOf(state, 'b-1'), 'refused');
    defer(state, 'a-1', NOON + HOUR, NOON + HOUR);
    expect([outbox.retryAll(), next()]).toEqual([2, 'a-1']);
    settle(state, 'a-1');
    expect(next()).toBe('b-1');
    state.close();
  });

  it('what is dropped while it is under way stays dropped, whatever comes of it', () => {
    const { state, outbox } = clockedState(['a-1', 'a-2', 'a-3']);
    for (const seq of [1, 2, 3]) expect([outbox.drop(seq), outbox.drop(seq)]).toEqual([true, false]);
    outbox.settle(1, receiptFor('a-1'));
    outbox.park(2, 'refused');
    outbox.defer(3, { notBefore: NOON + HOUR, heldUntil: NOON + HOUR, failures: 1, reason: 'unreachable' });
    expect(outbox.counts()).toMatchObject({ delivered: 0, dropped: 3, holds: [], lastDelivered: null });
    expect(keysIn(state)).toEqual([]);
    state.close();
  });

  it('counts what there is', () => {
    const { state, now, outbox } = clockedState(['a-1']);
    now.ms += 1000;
    state.commit({ parcels: ['b-1', 'c-1', 'd-1'].map((key) => outgoing(key)) });
    now.ms += 1000;
    settle(state, 'a-1');
    outbox.park(seqOf(state, 'c-1'), 'refused');
    expect(outbox.counts()).toEqual({
      waiting: { parcels: 2, bytes: 26 },
      parked: { parcels: 1, bytes: 13 },
      destinations: [{ destination: XDR, waiting: 2, parked: 1 }],
      holds: [],
      oldest: NOON + 1000,
      lastDelivered: NOON + 2000,
      delivered: 1,
      dropped: 0,
      droppedForRoom: 0,
      notFollowedUp: 0,
      receiptsPruned: 0,
    });
    state.close();
  });
});

describe('the bound on bytes', () => {
  const body = JSON.stringify('x'.repeat(98));

  it('asks for a pause, and takes in what was composed nevertheless', () => {
    const state = newState({ maxBytes: 200 });
    state.commit({ parcels: [outgoing('a-1', { body })] });
    expect(state.outbox.isFull()).toBe(false);
    state.commit({ parcels: [outgoing('b-1', { body }), outgoing('c-1', { body })] });
    expect([state.outbox.isFull(), keysIn(state).length]).toEqual([true, 3]);
    settle(state, 'a-1');
    expect(state.outbox.isFull()).toBe(true);
    settle(state, 'b-1');
    expect(state.outbox.isFull()).toBe(false);
    state.close();
  });

  it('drops what is parked, the oldest first, where that is wanted, and counts it', () => {
    const state = newState({ maxBytes: 250, whenFull: 'drop-parked' });
    state.commit({ parcels: ['a-1', 'b-1'].map((key) => outgoing(key, { body })) });
    for (const seq of [1, 2]) state.outbox.park(seq, 'refused');
    state.commit({ parcels: [outgoing('c-1', { body })] });
    expect([keysIn(state), state.outbox.isFull()]).toEqual([['b-1', 'c-1'], false]);
    state.commit({ parcels: ['d-1', 'e-1'].map((key) => outgoing(key, { body })) });
    expect([keysIn(state), state.outbox.isFull()]).toEqual([['c-1', 'd-1', 'e-1'], true]);
    expect(state.outbox.counts()).toMatchObject({ dropped: 0, droppedForRoom: 2 });
    state.close();
  });
});
