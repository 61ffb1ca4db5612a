import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { detector } from '../match/detector.ts';
import { nameOf, watchBuilding } from '../prefilter/known-automata.ts';
import { loadRules } from './load-rules.ts';

/** A step of the build: builds the automata of the rules below `rules` once, so that no run with just these has to. */
export async function writeAutomata(rules: string, folder: string): Promise<void> {
  const ruleSet = await loadRules([rules]);
  const files: (readonly [string, Buffer])[] = [];
  watchBuilding(
    () => detector(ruleSet, { own: (entry) => entry }),
    (needles, automaton) => files.push([nameOf(needles), serialize(automaton)]),
  );
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
}
