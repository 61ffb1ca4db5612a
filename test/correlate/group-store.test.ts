import { describe, expect, it } from 'vitest';
import {
  ageStore,
  dropGroup,
  emptyStore,
  findGroup,
  groupsOf,
  isGone,
  isKnown,
  putGroup,
  restoreStore,
  rotateStore,
  saveStore,
  touchGroup,
} from '../../src/correlate/group-store.ts';

const makeItem = (newest: number) => ({ newest, held: 1, generation: 0 });

it('is the same after it was stored: who is young, how many, and since when', () => {
  const store = emptyStore<ReturnType<typeof makeItem>>(10, 100, () => {});
  for (const [index, key] of ['a', 'b', 'c'].entries()) putGroup(store, key, makeItem(index));
  store.held = 3;
  ageStore(store, 5);
  findGroup(store, 'b');
  const restored = emptyStore<ReturnType<typeof makeItem>>(10, 100, () => {});
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
  expect(groupsOf(restored).map(([key]) => key)).toEqual(['b']);
});

describe('items that are gone', () => {
  const fill = (keys: number, maxGroups = 1e6) => {
    const released: number[] = [];
    const store = emptyStore<ReturnType<typeof makeItem>>(10, maxGroups, ({ newest }) => released.push(newest));
    for (let n = 0; n < keys; n++) putGroup(store, `${n}`, makeItem(n));
    store.held = keys;
    return { store, released };
  };

  it('are released once, and counted where their window was not over', () => {
    const { store, released } = fill(20);
    expect([rotateStore(store, 20), rotateStore(store, 20), rotateStore(store, 20)]).toEqual([0, 10, 0]);
    expect([released.length, store.held, groupsOf(store), findGroup(store, '3')]).toEqual([20, 0, [], undefined]);
  });

  it('are none that were asked for in the meantime, or dropped', () => {
    const { store, released } = fill(3);
    rotateStore(store, 0);
    findGroup(store, '1');
    dropGroup(store, '2');
    dropGroup(store, 'none');
    rotateStore(store, 0);
    expect([released, groupsOf(store).map(([key]) => key)]).toEqual([[0], ['1']]);
  });

  it('are known until others take their keys', () => {
    const { store } = fill(1);
    const item = store.items.get('0') as ReturnType<typeof makeItem>; // as it was put there
    for (let times = 0; times < 2; times++) rotateStore(store, 0);
    expect([isGone(store, item), isKnown(item)]).toEqual([true, true]);
    touchGroup(store, item);
    expect([findGroup(store, '0') === item, store.young]).toEqual([true, 1]);
    for (let times = 0; times < 2; times++) rotateStore(store, 0);
    putGroup(store, '0', makeItem(7));
    expect([isKnown(item), findGroup(store, '0')?.newest]).toEqual([false, 7]);
  });

  it('are known until there are many', () => {
    const { store } = fill(32_769);
    const item = store.items.get('0') as ReturnType<typeof makeItem>; // as above
    for (let times = 0; times < 2; times++) rotateStore(store, 0);
    expect([isGone(store, item), isKnown(item), store.items.size]).toEqual([true, false, 0]);
  });

  it('leave no trace where keys come and are dropped again and again', () => {
    const { store } = fill(2, 10);
    for (let n = 0; n < 100; n++) {
      putGroup(store, 'again', makeItem(n));
      dropGroup(store, 'again');
    }
    expect([store.young, store.youngItems.length <= 11]).toEqual([2, true]);
  });
});
