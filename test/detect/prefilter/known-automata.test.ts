import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { detector, loadRules } from '../../../src/detect/detect.ts';
import { writeAutomata } from '../../../src/detect/load/write-automata.ts';
import { buildAutomaton, type NeedleAutomaton } from '../../../src/detect/prefilter/automaton.ts';
import { automatonOf, nameOf, watchBuilding } from '../../../src/detect/prefilter/known-automata.ts';

const RULE = `title: One
logsource: {category: webserver}
detection: {s: {'cs-uri-stem|contains': [/wp-admin, /xmlrpc]}, condition: s}
`;
const folder = () => mkdtempSync(join(tmpdir(), 'sightline-automata-'));
const keep = () => {};

/** What has to be built while something is done. */
function builtBy(work: () => void): readonly NeedleAutomaton[] {
  const built: NeedleAutomaton[] = [];
  watchBuilding(work, (_, automaton) => built.push(automaton));
  return built;
}

describe('an automaton', () => {
  it('is built and finished where none is known', () => {
    const own = folder();
    const finish = (automaton: NeedleAutomaton) => automaton.classes.fill(1);
    let found: NeedleAutomaton | undefined;
    const built = builtBy(() => {
      found = automatonOf(['ab', 'bc'], finish, own);
    });
    expect(built).toEqual([found]);
    expect(found).toEqual({ ...buildAutomaton(['ab', 'bc']), classes: new Uint8Array(0x10000).fill(1) });
  });

  it('is taken as it is where it is known, and of no other needles', () => {
    const own = folder();
    writeFileSync(join(own, nameOf(['ab'])), serialize(buildAutomaton(['xy'])));
    const fail = () => expect.unreachable();
    expect(builtBy(() => expect(automatonOf(['ab'], fail, own)).toEqual(buildAutomaton(['xy'])))).toEqual([]);
    expect(automatonOf(['a', 'b'], keep, own)).toEqual(buildAutomaton(['a', 'b']));
  });

  it('that cannot be read is told of', () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    expect(() => automatonOf(['ab'], keep, file)).toThrow(/ENOTDIR/);
  });
});

it('the build writes the automata that a detector of its rules builds', async () => {
  const [rules, own] = [folder(), folder()];
  writeFileSync(join(rules, 'one.yml'), RULE);
  await writeAutomata(rules, own);
  const ruleSet = await loadRules([rules]);
  const built = builtBy(() => detector(ruleSet, { own: (entry) => entry }));
  expect(readdirSync(own).map((name) => deserialize(readFileSync(join(own, name))))).toEqual(built);
  expect(built).toHaveLength(1);
});

it('nobody hears of what is built later, also when something failed meanwhile', () => {
  const built: NeedleAutomaton[] = [];
  expect(() =>
    watchBuilding(
      () => {
        throw new Error('failed');
      },
      (_, automaton) => built.push(automaton),
    ),
  ).toThrow('failed');
  automatonOf(['cd'], keep);
  expect(built).toEqual([]);
});
