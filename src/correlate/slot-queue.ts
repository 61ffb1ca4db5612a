import { type Heap, popHeap, pushHeap } from './heap.ts';

/** What stands at one time, ms. */
interface Timed {
  readonly at: number;
}

/** Items by time, at most one for each, the earliest first. */
export interface SlotQueue<Item extends Timed> {
  /** Finds that of a time, or puts in what `make` gives. */
  find(at: number, make: (at: number) => Item): Item;
  first(): Item | undefined;
  /** Takes the first out. */
  shift(): void;
  items(): readonly Item[];
}

/** The places of items that were taken out are let go when there are so many. */
const MANY_GONE = 64;

/**
 * Times mostly come in order: such items stand in a row, where a new one goes behind the others. Those that come out of
 * order stand in a heap, so that a log whose lines are all out of order costs no more than a heap does.
 */
export function slotQueue<Item extends Timed>(): SlotQueue<Item> {
  /** From `head` on; nothing stands before, so that no item is held that was taken out. */
  const row: (Item | undefined)[] = [];
  let head = 0;
  const strays: Heap<Item> = [];
  const strayAt = new Map<number, Item>();
  // The next line mostly goes where the last one went.
  let latest: Item | null = null;

  function findInRow(at: number): Item | undefined {
    let [low, high] = [head, row.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((row[middle] as Item).at < at)
        low = middle + 1; // middle < high
      else high = middle;
    }
    return row[low]?.at === at ? row[low] : undefined;
  }

  function findElsewhere(at: number, make: (at: number) => Item): Item {
    const newest = head < row.length ? row.at(-1) : undefined;
    if (newest === undefined || newest.at < at) {
      const item = make(at);
      row.push(item);
      return item;
    }
    const known = findInRow(at) ?? strayAt.get(at);
    if (known !== undefined) return known;
    const stray = make(at);
    strayAt.set(at, stray);
    pushHeap(strays, stray, compareTimes);
    return stray;
  }

  /** Of the row, or of the strays where these begin earlier. */
  function isStrayFirst(): boolean {
    const [stray, inRow] = [strays[0], row[head]];
    return stray !== undefined && (inRow === undefined || stray.at < inRow.at);
  }

  return {
    find(at, make) {
      if (latest?.at !== at) latest = findElsewhere(at, make);
      return latest;
    },
    first: () => (isStrayFirst() ? strays[0] : row[head]),
    shift() {
      latest = null;
      if (isStrayFirst()) {
        const stray = popHeap(strays, compareTimes);
        if (stray !== undefined) strayAt.delete(stray.at);
      } else {
        row[head++] = undefined;
        if (head < MANY_GONE || head * 2 < row.length) return;
        row.splice(0, head);
        head = 0;
      }
    },
    items: () => [...(row.slice(head) as Item[]), ...strays],
  };
}

function compareTimes(a: Timed, b: Timed): number {
  return a.at - b.at;
}
