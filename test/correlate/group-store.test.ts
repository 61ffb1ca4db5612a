import { expect, it } from 'vitest';
import { ageStore, emptyStore, findGroup, putGroup, restoreStore, saveStore } from '../../src/correlate/group-store.ts';

const makeItem = (newest: number) => ({ newest, held: 1, generation: 0 });

it('is the same after it was stored: who is young, how many, and since when', () => {
  const store = emptyStore<ReturnType<typeof makeItem>>(10, 100);
  for (const [index, key] of ['a', 'b', 'c'].entries()) putGroup(store, key, makeItem(index));
  store.held = 3;
  ageStore(store, 5);
  findGroup(store, 'b');
  const restored = emptyStore<ReturnType<typeof makeItem>>(10, 100);
  restoreStore(
    restored,
    saveStore(store, ({ newest }) => newest),
    makeItem,
  );
  expect({ young: restored.young, since: restored.since, held: restored.held }).toEqual({
    young: 1,
    since: 5,
    held: 3,
  });
  ageStore(restored, 16);
  expect([...restored.items.keys()]).toEqual(['b']);
});
