import { toJson } from '../escape/escape.ts';

/** Bytes of a value as it stands in a bundle. */
export function sizeOf(value: unknown): number {
  return Buffer.byteLength(toJson(value));
}

/** The first items that take at most `maxBytes` together, commas included. */
export function takeWithin<Item>(items: readonly Item[], maxBytes: number): Item[] {
  // As a list they have two brackets, and a comma less than there are items.
  if (mostOf(items) <= maxBytes || sizeOf(items) - 1 <= maxBytes) return [...items];
  let room = maxBytes;
  const end = items.findIndex((item) => {
    room -= sizeOf(item) + 1;
    return room < 0;
  });
  return items.slice(0, end);
}

/** A character escaped, and the longest number. */
const UNIT_BYTES = 6;
const NUMBER_BYTES = 25;

/** At least the bytes of a value in a bundle: to know that is enough for most, and costs less than to write it. */
function mostOf(value: unknown): number {
  if (typeof value === 'string') return value.length * UNIT_BYTES + 2;
  if (typeof value !== 'object' || value === null) return NUMBER_BYTES;
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + mostOf(one) + 1, 2);
  return Object.entries(value).reduce((sum, [key, one]) => sum + key.length * UNIT_BYTES + 4 + mostOf(one), 2);
}
