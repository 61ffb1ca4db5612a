/** A binary heap: the first by `order` is at index 0. Plain data, so that it can be stored. */
export type Heap<Item> = Item[];

/** Negative when `a` comes before `b`. */
export type Order<Item> = (a: Item, b: Item) => number;

export function pushHeap<Item>(heap: Heap<Item>, item: Item, order: Order<Item>): void {
  let hole = heap.length;
  heap.push(item);
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    const above = heap[parent] as Item; // 0 <= parent < hole
    if (order(above, item) <= 0) break;
    heap[hole] = above;
    hole = parent;
  }
  heap[hole] = item;
}

export function popHeap<Item>(heap: Heap<Item>, order: Order<Item>): Item | undefined {
  const top = heap[0];
  const item = heap.pop();
  if (item === undefined || heap.length === 0) return top;
  let hole = 0;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= heap.length) break;
    let below = heap[child] as Item; // child < length
    const sibling = heap[child + 1];
    if (sibling !== undefined && order(sibling, below) < 0) {
      child++;
      below = sibling;
    }
    if (order(item, below) <= 0) break;
    heap[hole] = below;
    hole = child;
  }
  heap[hole] = item;
  return top;
}
