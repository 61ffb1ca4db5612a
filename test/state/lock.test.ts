import { mkdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isHeld, openState } from '../../src/state/state.ts';
import { codeOf, newPath } from './states.ts';

it('tells whether a process owns a state file, and leaves it to the next one', () => {
  const path = newPath();
  expect(isHeld(path)).toBe(false);
  const owner = openState(path);
  expect(isHeld(path)).toBe(true);
  expect(codeOf(() => openState(path))).toBe('state-locked');
  owner.close();
  expect(isHeld(path)).toBe(false);
  openState(path).close();
});

it('says what keeps it from telling', () => {
  const path = newPath();
  mkdirSync(`${path}.lock`);
  expect(codeOf(() => isHeld(path))).toBe('state-unwritable');
});
