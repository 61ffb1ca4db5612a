import type { CorrelatorCounts } from './counts.ts';
import { ageStore, type GroupStore, rotateStore, type Stored } from './group-store.ts';

/** Keeps the lines that several stores hold together within a bound for their weight. */
export interface HeldLines {
  /** Notes that a store holds so much more. */
  add(store: GroupStore<Stored>, weight: number): void;
  /** Drops what the store holds too long, and what is too much. */
  makeRoom(store: GroupStore<Stored>, at: number): void;
  /** Counts again, after stores were filled from elsewhere. */
  recount(): void;
}

/** @param settle - has the stores hold no more lines than they must, where they may be said to hold more */
export function heldLines(
  stores: readonly GroupStore<Stored>[],
  maxHeldLines: number,
  counts: CorrelatorCounts,
  settle: () => void,
): HeldLines {
  let held = 0;
  const recount = () => {
    held = stores.reduce((sum, store) => sum + store.held, 0);
  };
  return {
    add(store, weight) {
      store.held += weight;
      held += weight;
    },
    makeRoom(store, at) {
      if (held > maxHeldLines) settle();
      while (held > maxHeldLines) {
        const largest = stores.reduce((most, other) => (other.held > most.held ? other : most), store);
        counts.costs['groups-evicted'] += rotateStore(largest, at);
        recount();
      }
      const before = store.held;
      counts.costs['groups-evicted'] += ageStore(store, at);
      held += store.held - before;
    },
    recount,
  };
}
