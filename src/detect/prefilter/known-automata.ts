import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { deserialize } from 'node:v8';
import { buildAutomaton, type NeedleAutomaton } from './automaton.ts';

/** Beside the built program only: run from its sources, it builds every automaton. */
const AUTOMATA = join(import.meta.dirname, 'automata');

/** Hears of what had to be built. */
let onBuilt: (needles: readonly string[], automaton: NeedleAutomaton) => void = () => {};

/**
 * The automaton of needles: the build made those of the rules that come along, by the same code, which would take a good part
 * of a short run's time.
 *
 * @param finish - changes it as whoever needs it wants it, always alike
 * @param folder - where such automata lie as {@link nameOf} names them, each as V8 serialises it
 */
export function automatonOf(
  needles: readonly string[],
  finish: (automaton: NeedleAutomaton) => void,
  folder: string = AUTOMATA,
): NeedleAutomaton {
  try {
    return deserialize(readFileSync(join(folder, nameOf(needles))));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const automaton = buildAutomaton(needles);
  finish(automaton);
  onBuilt(needles, automaton);
  return automaton;
}

/** Tells all that decides the bytes of an automaton. */
export function nameOf(needles: readonly string[]): string {
  return hash('sha256', JSON.stringify([endianness(), needles]), 'base64url');
}

/** Does some work, and tells of each automaton that it has to build. */
export function watchBuilding(work: () => void, told: typeof onBuilt): void {
  const before = onBuilt;
  onBuilt = told;
  try {
    work();
  } finally {
    onBuilt = before;
  }
}
