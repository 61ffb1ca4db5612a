import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, runCli } from './support/run-cli.ts';

const samples = join(ROOT, 'samples');
const names = readdirSync(samples)
  .filter((name) => name.endsWith('.log'))
  .map((name) => basename(name, '.log'));

interface Expected {
  readonly attacker: string;
  readonly severity: string;
  /** Titles of the rules of severity High and Critical, sorted. */
  readonly rules: readonly string[];
}

interface Titled {
  readonly title: string;
  readonly severity: string;
}

/** Bundles of one attacker are one incident: the later ones have the later state. */
function incidentsOf(stdout: string): Expected[] {
  const found = new Map<string, Expected>();
  for (const line of stdout.split('\n').filter(Boolean)) {
    const { incidents, indicators }: { incidents: Titled[]; indicators: Titled[] } = JSON.parse(line);
    const [{ title, severity } = { title: '', severity: '' }] = incidents;
    const attacker = / from (\S+)(?: on \S+)?$/.exec(title)?.[1] ?? title;
    const decisive = indicators.filter((indicator) => ['High', 'Critical'].includes(indicator.severity));
    const rules = new Set([...(found.get(attacker)?.rules ?? []), ...decisive.map((indicator) => indicator.title)]);
    found.set(attacker, { attacker, severity, rules: [...rules].sort() });
  }
  return [...found.values()].sort((a, b) => (a.attacker < b.attacker ? -1 : 1));
}

describe.each(names)('samples/%s.log', (name) => {
  it('gives the incidents that we stand by, and no others', async () => {
    const { code, stdout } = await runCli(['batch', join(samples, `${name}.log`), '--dry-run', '--quiet']);
    expect(code).toBe(0);
    const expected: Expected[] = JSON.parse(readFileSync(join(samples, `${name}.incidents.json`), 'utf8'));
    expect(incidentsOf(stdout)).toEqual(expected);
  });
});
