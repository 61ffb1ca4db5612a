import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type OutboxEvent, type OutboxRunnerOptions, outboxRunner } from '../../../src/deliver/deliver.ts';
import { SightlineError } from '../../../src/model/errors.ts';
import type { Parcel, Receipt } from '../../../src/model/parcel.ts';
import { openState, type State } from '../../../src/state/state.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const XDR = 'xdr';

type Answer = Pick<Receipt, 'verdict'> & Partial<Receipt>;
type Server = (parcel: Parcel, now: number) => Answer | Promise<Answer>;

const OK: Answer = { verdict: 'delivered' };
const DOWN: Answer = { verdict: 'undelivered', reason: 'unreachable' };

/** Time that passes only while somebody sleeps, a state file, and a server that answers as it is told. */
class World {
  now = NOON;
  readonly path = join(mkdtempSync(join(tmpdir(), 'sightline-outbox-')), 'sightline.db');
  state: State = this.open();
  server: Server = () => OK;
  readonly sent: { key: string; at: number }[] = [];
  readonly events: OutboxEvent[] = [];
  readonly carriedOut: string[] = [];
  /** Aftermaths that cannot be carried out for now. */
  readonly blocked = new Set<string>();
  readonly slept: number[] = [];

  private open(): State {
    return openState(this.path, { clock: () => this.now });
  }

  reopen(): void {
    this.state.close();
    this.state = this.open();
  }

  commit(...keys: string[]): void {
    const parcels = keys.map((key) => ({
      parcel: { key, body: JSON.stringify(key), incident: key.charAt(0) },
      destination: XDR,
      aftermath: key,
    }));
    this.state.commit({ parcels });
  }

  runner(given: Partial<OutboxRunnerOptions> = {}) {
    return outboxRunner({
      store: this.state.outbox,
      destination: XDR,
      sink: {
        name: 'server',
        send: async (parcel) => {
          this.sent.push({ key: parcel.key, at: this.now - NOON });
          return { key: parcel.key, entities: [], reason: null, ...(await this.server(parcel, this.now)) };
        },
        close: async () => {},
      },
      onDelivered: async (aftermath) => {
        this.carriedOut.push(aftermath);
        return !this.blocked.has(aftermath);
      },
      report: (event) => this.events.push(event),
      clock: () => this.now,
      random: () => 0.999_999,
      sleep: async (ms, signal) => {
        await turn();
        signal.throwIfAborted();
        this.slept.push(ms);
        this.now += ms;
      },
      settleMs: 0,
      ...given,
    });
  }

  /** Runs until nothing is left, or so much time has passed. */
  async runFor(ms: number): Promise<void> {
    const runner = this.runner();
    const end = this.now + ms;
    const run = runner.run();
    while (this.now < end && [...this.state.outbox.list()].some(({ state }) => state === 'waiting')) await turn();
    await runner.stop(MINUTE);
    await run;
  }

  get keysSent(): string[] {
    return this.sent.map(({ key }) => key);
  }

  get left(): string[] {
    return Array.from(this.state.outbox.list(), ({ key, state }) => `${key} ${state}`);
  }
}

const worlds: World[] = [];
const newWorld = (...keys: string[]) => {
  const world = new World();
  world.commit(...keys);
  worlds.push(world);
  return world;
};
afterEach(() => {
  for (const { state } of worlds.splice(0)) state.close();
});

describe('draining', () => {
  it('sends what is due in its order, and carries out what is to be done after each incident', async () => {
    const world = newWorld('a-1', 'b-1', 'a-2');
    await world.runner().drain();
    expect(world.keysSent).toEqual(['a-1', 'b-1', 'a-2']);
    expect([world.carriedOut, world.left]).toEqual([['a-1', 'b-1', 'a-2'], []]);
    expect(world.events.map(({ kind }) => kind)).toEqual(['delivered', 'delivered', 'delivered']);
  });

  it('does not wait for a server that is away, and sends the rest when it is back', async () => {
    const world = newWorld('a-1', 'b-1');
    world.server = () => DOWN;
    const runner = world.runner();
    await runner.drain();
    expect([world.keysSent, world.slept]).toEqual([['a-1'], []]);
    world.server = () => OK;
    world.now += HOUR;
    await runner.drain();
    expect([world.keysSent, world.left]).toEqual([['a-1', 'a-1', 'b-1'], []]);
  });

  it('goes on after a pass that failed', async () => {
    const world = newWorld('a-1');
    world.server = () => Promise.reject(new SightlineError('output-closed', 'the reader has gone'));
    const runner = world.runner();
    await expect(runner.drain()).rejects.toThrow('the reader has gone');
    world.server = () => OK;
    await runner.drain();
    expect(world.left).toEqual([]);
  });

  it.each(['refused', 'partial'] as const)(
    'parks what is %s with its reason, and the rest goes on',
    async (verdict) => {
      const world = newWorld('a-1', 'a-2', 'b-1');
      world.server = ({ key }) => (key === 'a-1' ? { verdict, reason: 'too odd' } : OK);
      await world.runner().drain();
      expect(world.left).toEqual(['a-1 parked']);
      expect(world.state.outbox.find(1)?.reason).toBe('too odd');
      expect(world.carriedOut).toEqual(['b-1']);
      expect(world.events[0]).toMatchObject({ kind: 'parked', parcel: { key: 'a-1' }, receipt: { verdict } });
    },
  );

  it('parks without a reason, too', async () => {
    const world = newWorld('a-1');
    world.server = () => ({ verdict: 'refused' });
    await world.runner().drain();
    expect(world.state.outbox.find(1)?.reason).toBe('no reason was given');
  });
});

describe('a server that is away', () => {
  it('is asked less and less often, for every parcel together, and gets everything in order once it is back', async () => {
    const world = newWorld('a-1', 'b-1', 'a-2', 'c-1', 'a-3');
    const back = NOON + 10 * HOUR;
    world.server = (_, now) => (now < back ? DOWN : OK);
    await world.runFor(24 * HOUR);
    const early = world.sent.filter(({ at }) => at < 10 * HOUR).map(({ at }) => at);
    const pauses = early.slice(1).map((at, i) => at - (early[i] ?? 0));
    expect(pauses.slice(0, 4)).toEqual([2000, 4000, 8000, 16_000]);
    expect(pauses.slice(9).every((ms) => ms === 5 * MINUTE)).toBe(true);
    expect(early.length).toBeLessThan(140);
    expect(world.left).toEqual([]);
    const delivered = world.events.flatMap((event) => (event.kind === 'delivered' ? event.parcel.key : []));
    expect(delivered.filter((key) => key.startsWith('a'))).toEqual(['a-1', 'a-2', 'a-3']);
    expect(world.now - back).toBeLessThan(11 * MINUTE);
  });

  it('is held back over a restart', async () => {
    const world = newWorld('a-1', 'b-1');
    world.server = () => DOWN;
    for (let start = 0; start < 3; start++) {
      await world.runner().drain();
      world.reopen();
    }
    expect(world.keysSent).toEqual(['a-1']);
    world.now += 2000;
    await world.runner().drain();
    const until = world.events.flatMap((event) => (event.kind === 'deferred' ? event.until - NOON : []));
    expect([world.keysSent, until]).toEqual([
      ['a-1', 'b-1'],
      [2000, 6000],
    ]);
  });

  it('that asks for an hour is left alone for an hour', async () => {
    const world = newWorld('a-1', 'b-1');
    world.server = (_, now) => (now < NOON + HOUR ? { ...DOWN, reason: '429', retryAfterMs: NOON + HOUR - now } : OK);
    await world.runFor(2 * HOUR);
    expect(world.keysSent).toEqual(['a-1', 'b-1', 'a-1']);
    expect(world.sent[1]?.at).toBe(HOUR);
    expect(Math.max(...world.slept)).toBeLessThanOrEqual(MINUTE);
  });

  it('that fails at one parcel only gets all the others meanwhile', async () => {
    const world = newWorld('p-1', 'p-2', ...Array.from({ length: 20 }, (_, i) => `b-${i}`));
    world.server = ({ key }) => (key === 'p-1' ? { ...DOWN, reason: '500' } : OK);
    await world.runFor(HOUR);
    expect(world.left).toEqual(['p-1 waiting', 'p-2 waiting']);
    const tries = world.keysSent.filter((key) => key === 'p-1').length;
    expect(tries).toBeGreaterThan(10);
    expect(tries).toBeLessThan(25);
  });
});

describe('what is to be done after a delivery', () => {
  it('is tried again, less and less often, while it cannot be done, and holds no bundle up', async () => {
    const world = newWorld('a-1', 'b-1');
    world.blocked.add('a-1');
    const runner = world.runner();
    const run = runner.run();
    while (world.now < NOON + HOUR) await turn();
    expect([world.keysSent, world.left]).toEqual([['a-1', 'b-1'], []]);
    const tries = world.carriedOut.filter((key) => key === 'a-1').length;
    expect(tries).toBeGreaterThan(10);
    expect(tries).toBeLessThan(25);
    world.blocked.clear();
    const mended = world.now;
    while (world.now < mended + HOUR) await turn();
    expect(world.carriedOut.filter((key) => key === 'a-1')).toHaveLength(tries + 1);
    expect(world.carriedOut.filter((key) => key === 'b-1')).toHaveLength(1);
    await runner.stop(MINUTE);
    await run;
  });

  it('is not in the way of the rest, and outlives a restart', async () => {
    const world = newWorld('a-1', 'b-1', 'c-1');
    for (const key of ['a-1', 'b-1', 'c-1']) world.blocked.add(key);
    await world.runner().drain();
    world.reopen();
    world.blocked.delete('b-1');
    world.blocked.delete('c-1');
    const runner = world.runner();
    const run = runner.run();
    while (world.now < NOON + 10 * MINUTE) await turn();
    await runner.stop(MINUTE);
    await run;
    expect(world.state.outbox.ripe(XDR, null).map(({ data }) => data)).toEqual(['a-1']);
  });

  it('is done in spite of others that come and cannot be', async () => {
    const world = newWorld('a-1');
    world.blocked.add('a-1');
    const runner = world.runner();
    const run = runner.run();
    const tries: number[] = [];
    for (let i = 0; i < 60; i++) {
      world.blocked.add(`b-${i}`);
      world.commit(`b-${i}`);
      runner.wake();
      const until = world.now + MINUTE;
      while (world.now < until) await turn();
      tries.push(world.carriedOut.length);
    }
    await runner.stop(MINUTE);
    await run;
    // Beside one try of what is new each minute, one of what is left every five.
    expect((tries.at(-1) ?? 0) - (tries.at(19) ?? 0)).toBeGreaterThanOrEqual(40 + 40 / 5);
  });

  it('is given up, the oldest first and counted, where too much of it is left', async () => {
    const world = newWorld('a-1', 'b-1', 'c-1', 'd-1', 'e-1');
    for (const key of ['a-1', 'b-1', 'c-1', 'd-1']) world.blocked.add(key);
    await world.runner().drain();
    await world.runner({ maxLeft: 2 }).drain();
    expect(world.state.outbox.ripe(XDR, null).map(({ data }) => data)).toEqual(['c-1', 'd-1']);
    expect(world.events).toContainEqual({ kind: 'given-up', incidents: 2 });
    expect(world.state.outbox.counts()).toMatchObject({ delivered: 5, notFollowedUp: 2 });
  });

  it('is not put off by a clock that is put back', async () => {
    const world = newWorld('a-1');
    world.blocked.add('a-1');
    const runner = world.runner();
    const run = runner.run();
    while (world.carriedOut.length < 2) await turn();
    world.now -= 24 * HOUR;
    world.blocked.clear();
    const end = world.now + HOUR;
    while (world.now < end) await turn();
    await runner.stop(MINUTE);
    await run;
    expect(world.state.outbox.ripe(XDR, null)).toEqual([]);
  });
});

describe('running', () => {
  it('wakes up for new parcels at once', async () => {
    const world = newWorld();
    let asleep = () => {};
    const runner = world.runner({
      sleep: (ms, signal) =>
        new Promise((_, reject) => {
          world.slept.push(ms);
          asleep();
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    });
    const fallsAsleep = () =>
      new Promise<void>((resolve) => {
        asleep = resolve;
      });
    const first = fallsAsleep();
    const run = runner.run();
    await first;
    world.commit('a-1');
    const second = fallsAsleep();
    runner.wake();
    await second;
    expect([world.keysSent, world.slept]).toEqual([['a-1'], [5000, 5000]]);
    await runner.stop(0);
    await run;
  });

  it('does not miss a call that comes while it sends', async () => {
    const world = newWorld('a-1');
    const runner = world.runner();
    world.server = () => {
      runner.wake();
      return OK;
    };
    const run = runner.run();
    while (world.slept.length < 3) await turn();
    await runner.stop(MINUTE);
    await run;
    // The first rest was left out, for the call.
    expect(world.slept.slice(0, 3)).toEqual([5000, 5000, 5000]);
    expect(world.keysSent).toEqual(['a-1']);
  });

  it('finds what another process put back, without being told', async () => {
    const world = newWorld('a-1');
    world.server = () => ({ verdict: 'refused', reason: 'odd' });
    const runner = world.runner();
    const run = runner.run();
    while (world.slept.length < 2) await turn();
    expect(world.left).toEqual(['a-1 parked']);
    world.server = () => OK;
    const helper = openState(world.path, { access: 'share' });
    helper.outbox.retry(1);
    helper.close();
    while (world.left.length > 0) await turn();
    await runner.stop(MINUTE);
    await run;
    expect(world.keysSent).toEqual(['a-1', 'a-1']);
  });

  it('never rests for less than a moment nor longer than it may go unnoticed', async () => {
    const world = newWorld('a-1');
    world.server = () => ({ ...DOWN, retryAfterMs: 12_345 });
    await world.runFor(5 * MINUTE);
    expect(Math.min(...world.slept)).toBeGreaterThanOrEqual(100);
    expect(Math.max(...world.slept.slice(0, -1))).toBeLessThanOrEqual(MINUTE);
  });

  it('ends with what a person has to know', async () => {
    const world = newWorld('a-1');
    world.server = () => Promise.reject(new SightlineError('output-closed', 'the reader has gone'));
    await expect(world.runner().run()).rejects.toThrow('the reader has gone');
    expect(world.left).toEqual(['a-1 waiting']);
  });

  it('ends with what the store says when waiting does not help', async () => {
    const world = newWorld('a-1');
    const store = {
      ...world.state.outbox,
      settle: () => {
        throw new SightlineError('state-gone', 'it was removed');
      },
    };
    await expect(world.runner({ store }).run()).rejects.toThrow('it was removed');
  });

  it('ends with a sleep that fails for another reason than a call to wake up', async () => {
    const world = newWorld();
    const runner = world.runner({ sleep: () => Promise.reject(new Error('no timers left')) });
    await expect(runner.run()).rejects.toThrow('no timers left');
  });
});

describe('a crash', () => {
  it('between sending and settling sends again', async () => {
    const world = newWorld('a-1');
    const store = {
      ...world.state.outbox,
      settle: () => {
        throw new Error('killed');
      },
    };
    await expect(world.runner({ store }).drain()).rejects.toThrow('killed');
    world.reopen();
    await world.runner().drain();
    expect([world.keysSent, world.left, world.carriedOut]).toEqual([['a-1', 'a-1'], [], ['a-1']]);
  });

  it('between settling and what is to be done afterwards does that at the next start, before anything is sent', async () => {
    const world = newWorld('a-1', 'b-1');
    const onDelivered = () => Promise.reject<boolean>(new Error('killed'));
    await expect(world.runner({ onDelivered }).drain()).rejects.toThrow('killed');
    world.reopen();
    world.server = () => {
      expect(world.carriedOut).toEqual(['a-1']);
      return OK;
    };
    await world.runner().drain();
    expect([world.keysSent, world.carriedOut]).toEqual([
      ['a-1', 'b-1'],
      ['a-1', 'b-1'],
    ]);
  });
});

describe('a disk without room', () => {
  it('is waited for, and what the server has is not sent again', async () => {
    const world = newWorld('a-1', 'b-1');
    let refusals = 3;
    const store = {
      ...world.state.outbox,
      settle: (seq: number, receipt: Receipt) => {
        if (refusals-- > 0) throw new SightlineError('state-full', 'no room');
        world.state.outbox.settle(seq, receipt);
      },
    };
    await world.runner({ store }).drain();
    expect([world.keysSent, world.left]).toEqual([['a-1', 'b-1'], []]);
    expect(world.slept).toEqual([5000, 5000, 5000]);
    expect(world.events.map(({ kind }) => kind)).toEqual([
      'not-noted',
      'not-noted',
      'not-noted',
      'delivered',
      'delivered',
    ]);
  });

  it.each(['next', 'nextDue', 'ripe'] as const)('is waited for where it cannot even be read (%s)', async (method) => {
    const world = newWorld('a-1', 'b-1');
    let refusals = 2;
    const refusing = <Given extends unknown[], Answer>(ask: (...given: Given) => Answer) => {
      return (...given: Given): Answer => {
        if (world.keysSent.length > 0 && refusals-- > 0) throw new SightlineError('state-full', 'no room');
        return ask(...given);
      };
    };
    const { outbox } = world.state;
    const store = { ...outbox, [method]: refusing(outbox[method] as (...given: unknown[]) => unknown) };
    const runner = world.runner({ store });
    const run = runner.run();
    while (world.left.length > 0 || refusals > 0 || world.carriedOut.length < 2) await turn();
    await runner.stop(MINUTE);
    await run;
    expect([world.keysSent, world.carriedOut]).toEqual([
      ['a-1', 'b-1'],
      ['a-1', 'b-1'],
    ]);
    expect(world.events.filter(({ kind }) => kind === 'not-read')).toEqual([
      { kind: 'not-read', message: 'no room' },
      { kind: 'not-read', message: 'no room' },
    ]);
  });

  it.each([['delivered'], ['refused'], ['undelivered']] as const)(
    'does not keep it from stopping, after an answer of %s',
    async (verdict) => {
      const world = newWorld('a-1', 'b-1');
      world.server = () => ({ verdict });
      const full = () => {
        throw new SightlineError('state-full', 'no room');
      };
      const store = { ...world.state.outbox, settle: full, park: full, defer: full };
      const runner = world.runner({
        store,
        // The time for stopping is never up.
        sleep: (ms, signal) =>
          ms === HOUR ? new Promise((_, reject) => signal.addEventListener('abort', reject)) : turn(),
      });
      const run = runner.run();
      while (world.events.length < 2) await turn();
      await runner.stop(HOUR);
      await run;
      expect([world.keysSent, world.left]).toEqual([['a-1'], ['a-1 waiting', 'b-1 waiting']]);
    },
  );
});

describe('stopping', () => {
  /** A server that answers when it is told to. */
  const slowWorld = (...keys: string[]) => {
    const world = newWorld(...keys);
    const { promise, resolve } = Promise.withResolvers<Answer>();
    world.server = () => promise;
    return { world, answer: resolve };
  };
  const begun = async ({ sent }: World) => {
    while (sent.length === 0) await turn();
  };

  it('waits for the answer that is under way, and begins nothing new', async () => {
    const { world, answer } = slowWorld('a-1', 'b-1');
    const runner = world.runner({
      sleep: (_, signal) => new Promise((_, reject) => signal.addEventListener('abort', reject)),
    });
    const run = runner.run();
    await begun(world);
    const stopped = runner.stop(MINUTE);
    answer(OK);
    await Promise.all([stopped, run]);
    expect([world.keysSent, world.left]).toEqual([['a-1'], ['b-1 waiting']]);
    // What is to be done after it is left for the next start.
    expect([world.carriedOut, world.state.outbox.ripe(XDR, 'a').length]).toEqual([[], 1]);
  });

  it('does not wait for ever: what comes later changes nothing', async () => {
    const { world, answer } = slowWorld('a-1');
    const runner = world.runner();
    const run = runner.run();
    await begun(world);
    await runner.stop(MINUTE);
    expect(world.events).toMatchObject([{ kind: 'abandoned', parcel: { key: 'a-1' } }]);
    answer(OK);
    await run;
    expect([world.left, world.events.length]).toEqual([['a-1 waiting'], 1]);
  });

  it('does not wait for what is to be done afterwards any longer either', async () => {
    const world = newWorld('a-1');
    const { promise, resolve } = Promise.withResolvers<boolean>();
    let called = false;
    const runner = world.runner({
      onDelivered: () => {
        called = true;
        return promise;
      },
    });
    const run = runner.run();
    while (!called) await turn();
    await runner.stop(MINUTE);
    resolve(true);
    await run;
    expect([world.events.map(({ kind }) => kind), world.state.outbox.ripe(XDR, 'a').length]).toEqual([
      ['delivered'],
      1,
    ]);
  });

  it('ends a rest at once', async () => {
    const world = newWorld();
    const runner = world.runner({
      sleep: (_, signal) => new Promise((_, reject) => signal.addEventListener('abort', reject)),
    });
    const run = runner.run();
    await turn();
    await runner.stop(MINUTE);
    await expect(run).resolves.toBeUndefined();
  });
});

describe('a start', () => {
  it('lets what may have been under way settle before it sends, and only then', async () => {
    const world = new World();
    world.commit('a-1', 'a-2');
    await world.runner({ settleMs: 3000 }).drain();
    expect(world.sent).toEqual([
      { key: 'a-1', at: 3000 },
      { key: 'a-2', at: 3000 },
    ]);
  });

  it('does not wait where nothing is left from before', async () => {
    const world = new World();
    const runner = world.runner({ settleMs: 3000 });
    await runner.drain();
    world.commit('a-1');
    await runner.drain();
    expect(world.sent).toEqual([{ key: 'a-1', at: 0 }]);
  });

  it('is stopped at once while it lets things settle', async () => {
    const world = new World();
    world.commit('a-1');
    const runner = world.runner({
      sleep: (_, signal) => new Promise((_, reject) => signal.addEventListener('abort', reject)),
      settleMs: 3000,
    });
    const run = runner.drain();
    await turn();
    await runner.stop(0);
    await run;
    expect(world.sent).toEqual([]);
  });
});
