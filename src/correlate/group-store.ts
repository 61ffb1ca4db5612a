import type { Group } from './group.ts';

/**
 * The groups of one correlation in two generations: what nobody asks for during a whole generation is dropped with it.
 * So idle groups go without a list that each event would have to reorder.
 */
export interface GroupStore {
  readonly timespanMs: number;
  readonly maxGroups: number;
  young: Map<string, Group>;
  old: Map<string, Group>;
  /** When the young generation began. */
  since: number;
  /** Lines that the groups hold. */
  held: number;
}

export function emptyStore(timespanMs: number, maxGroups: number): GroupStore {
  return { timespanMs, maxGroups, young: new Map(), old: new Map(), since: Number.NEGATIVE_INFINITY, held: 0 };
}

export function findGroup(store: GroupStore, key: string): Group | undefined {
  const young = store.young.get(key);
  if (young !== undefined) return young;
  const old = store.old.get(key);
  if (old !== undefined) {
    store.old.delete(key);
    store.young.set(key, old);
  }
  return old;
}

/** The key is kept for as long as the group. */
export function putGroup(store: GroupStore, key: string, group: Group): void {
  store.young.set(key, group);
}

export function dropGroup(store: GroupStore, key: string): void {
  store.young.delete(key);
  store.old.delete(key);
}

/**
 * Begins a new generation if the present one has lasted for the timespan, or is too large.
 * @returns how many groups were dropped whose window was not over.
 */
export function ageStore(store: GroupStore, at: number): number {
  const due = at > store.since + store.timespanMs;
  return due || store.young.size >= store.maxGroups / 2 ? rotateStore(store, at) : 0;
}

/** @returns how many groups were dropped whose window was not over. */
export function rotateStore(store: GroupStore, at: number): number {
  let evicted = 0;
  for (const group of store.old.values()) {
    store.held -= group.held;
    if (group.newest + store.timespanMs >= at) evicted++;
  }
  store.old = store.young;
  store.young = new Map();
  store.since = at;
  return evicted;
}
