import { toJson } from '../escape/escape.ts';

/** Bytes of a value as it stands in a bundle. */
export function sizeOf(value: unknown): number {
  return Buffer.byteLength(toJson(value));
}

/** The first items that take at most `maxBytes` together, commas included. */
export function takeWithin<Item>(items: readonly Item[], maxBytes: number): Item[] {
  // As a list they have two brackets, and a comma less than there are items.
  if (sizeOf(items) - 1 <= maxBytes) return [...items];
  let room = maxBytes;
  const end = items.findIndex((item) => {
    room -= sizeOf(item) + 1;
    return room < 0;
  });
  return items.slice(0, end);
}
