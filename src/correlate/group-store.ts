/** What the lines of one key have come to. */
export interface Stored {
  /** Time of the newest line. */
  readonly newest: number;
  /** Lines that it holds. */
  readonly held: number;
  /** Of its store, when somebody last asked for it. */
  generation: number;
}

/**
 * Items by key in two generations: what nobody asks for during a whole generation is dropped with the next. So idle items
 * go without a list that each event would have to reorder.
 */
export interface GroupStore<Item extends Stored> {
  readonly timespanMs: number;
  readonly maxGroups: number;
  readonly items: Map<string, Item>;
  /** Goes up by one with each generation. */
  generation: number;
  /** Number of items of the present generation. */
  young: number;
  /** When the present generation began. */
  since: number;
  /** Lines that the items hold. */
  held: number;
}

export function emptyStore<Item extends Stored>(timespanMs: number, maxGroups: number): GroupStore<Item> {
  const since = Number.NEGATIVE_INFINITY;
  return { timespanMs, maxGroups, items: new Map(), generation: 1, young: 0, since, held: 0 };
}

export function findGroup<Item extends Stored>(store: GroupStore<Item>, key: string): Item | undefined {
  const item = store.items.get(key);
  if (item !== undefined && item.generation !== store.generation) {
    item.generation = store.generation;
    store.young++;
  }
  return item;
}

/** For a key that has none. The key is kept for as long as the item. */
export function putGroup<Item extends Stored>(store: GroupStore<Item>, key: string, item: Item): void {
  store.items.set(key, item);
  item.generation = store.generation;
  store.young++;
}

export function dropGroup(store: GroupStore<Stored>, key: string): void {
  if (store.items.get(key)?.generation === store.generation) store.young--;
  store.items.delete(key);
}

/**
 * Begins a new generation if the present one has lasted for the timespan, or is too large.
 * @returns how many items were dropped whose window was not over.
 */
export function ageStore(store: GroupStore<Stored>, at: number): number {
  const due = at > store.since + store.timespanMs;
  return due || store.young >= store.maxGroups / 2 ? rotateStore(store, at) : 0;
}

/** @returns how many items were dropped whose window was not over. */
export function rotateStore(store: GroupStore<Stored>, at: number): number {
  let evicted = 0;
  for (const [key, { generation, held, newest }] of store.items) {
    if (generation === store.generation) continue;
    store.items.delete(key);
    store.held -= held;
    if (newest + store.timespanMs >= at) evicted++;
  }
  store.generation++;
  store.young = 0;
  store.since = at;
  return evicted;
}

/** A store's items as they are stored, each with its key and whether it is of the present generation. */
export interface StoreState<State> {
  readonly since: number;
  readonly held: number;
  readonly items: readonly (readonly [key: string, isYoung: boolean, state: State])[];
}

export function saveStore<Item extends Stored, State>(
  { items, generation, since, held }: GroupStore<Item>,
  save: (item: Item) => State,
): StoreState<State> {
  const states = Array.from(items, ([key, item]) => [key, item.generation === generation, save(item)] as const);
  return { since, held, items: states };
}

/** Into an empty store. */
export function restoreStore<Item extends Stored, State>(
  store: GroupStore<Item>,
  { since, held, items }: StoreState<State>,
  restore: (state: State) => Item,
): void {
  for (const [key, isYoung, state] of items) {
    const item = restore(state);
    store.items.set(key, item);
    item.generation = isYoung ? store.generation : store.generation - 1;
    if (isYoung) store.young++;
  }
  Object.assign(store, { since, held });
}
