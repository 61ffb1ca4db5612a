/** What the lines of one key have come to. */
export interface Stored {
  /** Time of the newest line. */
  readonly newest: number;
  /** Weight of the lines that it holds. */
  readonly held: number;
  /** Of its store, when somebody last asked for it. */
  generation: number;
}

/**
 * Items by key in two generations: what nobody asks for during a whole generation is gone with the next. So idle items
 * go without a list that each event would have to reorder. An item that is gone holds nothing any more but is known by its
 * key still, until many are gone: keys mostly come back, and then cost no look-up.
 */
export interface GroupStore<Item extends Stored> {
  readonly timespanMs: number;
  readonly maxGroups: number;
  /** Empties an item that is gone. */
  release(item: Item): void;
  /** With those that are gone. */
  readonly items: Map<string, Item>;
  /** Goes up by one with each generation. */
  generation: number;
  /** Number of items of the present generation. */
  young: number;
  /** These items, and those that are of the generation before unless they were asked for since; both with some dropped ones. */
  youngItems: Item[];
  oldItems: Item[];
  /** When the present generation began. */
  since: number;
  /** Weight of the lines that the items hold. */
  held: number;
}

/** So many items that are gone are known by their keys still. */
const MANY_GONE = 8192;
/** Generation of an item that its store knows no more. */
const UNKNOWN = 0;

export function emptyStore<Item extends Stored>(
  timespanMs: number,
  maxGroups: number,
  release: (item: Item) => void,
): GroupStore<Item> {
  const since = Number.NEGATIVE_INFINITY;
  const items = new Map<string, Item>();
  return {
    timespanMs,
    maxGroups,
    release,
    items,
    generation: 2,
    young: 0,
    youngItems: [],
    oldItems: [],
    since,
    held: 0,
  };
}

export function findGroup<Item extends Stored>(store: GroupStore<Item>, key: string): Item | undefined {
  const item = store.items.get(key);
  if (item === undefined || isGone(store, item)) return undefined;
  touchGroup(store, item);
  return item;
}

/** For a key that has none. The key is kept for as long as the item. */
export function putGroup<Item extends Stored>(store: GroupStore<Item>, key: string, item: Item): void {
  const gone = store.items.get(key);
  if (gone !== undefined) gone.generation = UNKNOWN;
  store.items.set(key, item);
  touchGroup(store, item);
}

export function isGone({ generation }: GroupStore<Stored>, item: Stored): boolean {
  return item.generation < generation - 1;
}

/** Whether the store knows an item by its key, be it gone or not, that was put there once. */
export function isKnown({ generation }: Stored): boolean {
  return generation !== UNKNOWN;
}

/** Makes an item that is known one of the present generation. */
export function touchGroup<Item extends Stored>(store: GroupStore<Item>, item: Item): void {
  const { generation, youngItems, maxGroups } = store;
  if (item.generation === generation) return;
  item.generation = generation;
  store.young++;
  if (youngItems.length > maxGroups) store.youngItems = youngItems.filter((one) => one.generation === generation);
  store.youngItems.push(item);
}

export function dropGroup(store: GroupStore<Stored>, key: string): void {
  const item = store.items.get(key);
  if (item === undefined) return;
  if (item.generation === store.generation) store.young--;
  item.generation = UNKNOWN;
  store.items.delete(key);
}

/**
 * Begins a new generation if the present one has lasted for the timespan, or is too large.
 * @returns how many items are gone whose window was not over.
 */
export function ageStore(store: GroupStore<Stored>, at: number): number {
  const due = at > store.since + store.timespanMs;
  return due || store.young >= store.maxGroups / 2 ? rotateStore(store, at) : 0;
}

/** @returns how many items are gone whose window was not over. */
export function rotateStore(store: GroupStore<Stored>, at: number): number {
  let evicted = 0;
  for (const item of store.oldItems) {
    if (item.generation !== store.generation - 1) continue;
    store.held -= item.held;
    if (item.newest + store.timespanMs >= at) evicted++;
    store.release(item);
  }
  store.oldItems = store.youngItems;
  store.youngItems = [];
  store.generation++;
  store.young = 0;
  store.since = at;
  if (store.items.size > MANY_GONE + store.oldItems.length) forgetGone(store);
  return evicted;
}

function forgetGone(store: GroupStore<Stored>): void {
  for (const [key, item] of store.items) {
    if (!isGone(store, item)) continue;
    item.generation = UNKNOWN;
    store.items.delete(key);
  }
}

/** The items that are not gone. */
export function groupsOf<Item extends Stored>(store: GroupStore<Item>): [key: string, item: Item][] {
  return [...store.items].filter(([, item]) => !isGone(store, item));
}

/** A store's items as they are stored, each with its key and whether it is of the present generation. */
export interface StoreState<State> {
  readonly since: number;
  /** As it was; counted anew where it is restored, since a line that was put by weighs more as a hit. */
  readonly held: number;
  readonly items: readonly (readonly [key: string, isYoung: boolean, state: State])[];
}

export function saveStore<Item extends Stored, State>(
  store: GroupStore<Item>,
  save: (item: Item) => State,
): StoreState<State> {
  const { generation, since, held } = store;
  const states = groupsOf(store).map(([key, item]) => [key, item.generation === generation, save(item)] as const);
  return { since, held, items: states };
}

/** Into an empty store. */
export function restoreStore<Item extends Stored, State>(
  store: GroupStore<Item>,
  { since, items }: StoreState<State>,
  restore: (state: State) => Item,
): void {
  for (const [key, isYoung, state] of items) {
    const item = restore(state);
    store.held += item.held;
    store.items.set(key, item);
    if (isYoung) {
      touchGroup(store, item);
    } else {
      item.generation = store.generation - 1;
      store.oldItems.push(item);
    }
  }
  store.since = since;
}
