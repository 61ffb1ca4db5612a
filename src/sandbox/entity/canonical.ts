import { isObject } from './stored.ts';

/** One text for values that are equal whatever the order of their keys. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

/** Each of several equal values once, the first of them. */
export function collapse<T>(items: readonly T[], equalBy: (item: T) => unknown): T[] {
  const seen = new Map<string, T>();
  for (const item of items) {
    const key = canonicalText(equalBy(item));
    if (!seen.has(key)) seen.set(key, item);
  }
  return [...seen.values()];
}
