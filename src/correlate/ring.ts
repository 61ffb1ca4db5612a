/** A queue with a bound, oldest first, without shifting. Plain data, so that it can be stored. */
export interface Ring<Item> {
  items: (Item | undefined)[];
  head: number;
  size: number;
}

const SMALLEST = 2;

export function emptyRing<Item>(): Ring<Item> {
  return { items: [], head: 0, size: 0 };
}

/** The item at `index` from the oldest. */
export function ringAt<Item>(ring: Ring<Item>, index: number): Item | undefined {
  return index < ring.size ? ring.items[(ring.head + index) & (ring.items.length - 1)] : undefined;
}

export function pushRing<Item>(ring: Ring<Item>, item: Item): void {
  if (ring.size === ring.items.length) growRing(ring);
  ring.items[(ring.head + ring.size) & (ring.items.length - 1)] = item;
  ring.size++;
}

export function shiftRing<Item>(ring: Ring<Item>): Item | undefined {
  if (ring.size === 0) return undefined;
  const item = ring.items[ring.head];
  ring.items[ring.head] = undefined;
  ring.head = (ring.head + 1) & (ring.items.length - 1);
  ring.size--;
  return item;
}

/** Moves the newest item back to where it belongs by `time`: for what came late. */
export function settleNewest<Item extends { readonly time: number }>(ring: Ring<Item>): void {
  const mask = ring.items.length - 1;
  for (let index = ring.size - 1; index > 0; index--) {
    const here = (ring.head + index) & mask;
    const before = (ring.head + index - 1) & mask;
    const [older, newer] = [ring.items[before], ring.items[here]];
    if (older === undefined || newer === undefined || older.time <= newer.time) return;
    ring.items[before] = newer;
    ring.items[here] = older;
  }
}

export function itemsOf<Item>(ring: Ring<Item>): Item[] {
  const items: Item[] = [];
  for (let index = 0; index < ring.size; index++) items.push(ringAt(ring, index) as Item); // index < size
  return items;
}

export function clearRing<Item>(ring: Ring<Item>): void {
  ring.items = [];
  ring.head = 0;
  ring.size = 0;
}

/** Capacities are powers of two, so that a place is found by a mask. */
function growRing<Item>(ring: Ring<Item>): void {
  const items: Ring<Item>['items'] = itemsOf(ring);
  const capacity = Math.max(SMALLEST, ring.items.length * 2);
  ring.items = items;
  ring.head = 0;
  while (ring.items.length < capacity) ring.items.push(undefined);
}
