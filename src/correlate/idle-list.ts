/** What can stand in an {@link IdleList}. */
export interface Linked<Item> {
  before: Item | null;
  after: Item | null;
}

/** Items in order of idleness, idle longest first; joining, leaving and looking at the first take constant time. */
export interface IdleList<Item extends Linked<Item>> {
  first: Item | null;
  last: Item | null;
}

export function emptyList<Item extends Linked<Item>>(): IdleList<Item> {
  return { first: null, last: null };
}

/** Puts an item that stands in no list last. */
export function joinList<Item extends Linked<Item>>(list: IdleList<Item>, item: Item): void {
  item.before = list.last;
  item.after = null;
  if (list.last === null) list.first = item;
  else list.last.after = item;
  list.last = item;
}

/** Puts an item that stands in no list before all that `isLater` tells to be idle for a shorter time. */
export function insertIntoList<Item extends Linked<Item>>(
  list: IdleList<Item>,
  item: Item,
  isLater: (other: Item) => boolean,
): void {
  let before = list.last;
  while (before !== null && isLater(before)) before = before.before;
  if (before === list.last) {
    joinList(list, item);
    return;
  }
  const after = before === null ? list.first : before.after;
  item.before = before;
  item.after = after;
  if (before === null) list.first = item;
  else before.after = item;
  if (after !== null) after.before = item;
}

/** Takes an item of this list out. */
export function leaveList<Item extends Linked<Item>>(list: IdleList<Item>, item: Item): void {
  if (item.before === null) list.first = item.after;
  else item.before.after = item.after;
  if (item.after === null) list.last = item.before;
  else item.after.before = item.before;
  item.before = null;
  item.after = null;
}

/** The items in order, idle longest first. */
export function* walkList<Item extends Linked<Item>>(list: IdleList<Item>): Generator<Item> {
  for (let item = list.first; item !== null; item = item.after) yield item;
}
