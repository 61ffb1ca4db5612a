import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configSchema, readConfig } from '../../src/config.ts';
import { DEFAULT_WORDS, wordsOf } from '../../src/sync/sync.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'sync.md'), 'utf8');
const sync = configSchema.shape.sync.unwrap();

describe('docs/sync.md', () => {
  const rows = page
    .split('\n')
    .filter((line) => /^\| (?:severity )?`/.test(line) && line.split('|').length === 7)
    .map((line) =>
      line
        .split('|')
        .slice(1, 6)
        .map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)),
    );

  it.each([
    ['rt', 1],
    ['redmine', 3],
  ] as const)('tells the words of %s as they are', (name, column) => {
    const tables = DEFAULT_WORDS[name];
    if (tables === undefined) throw new Error(`no words for ${name}`);
    const words = wordsOf({ ...tables, people: [] });
    const statuses = rows.filter(([ours]) => ours?.includes('Critical') === false);
    expect(statuses.length).toBeGreaterThan(5);
    for (const row of statuses) {
      for (const status of row[0] ?? [])
        expect([status, words.statusToTicket(status)]).toEqual([status, row[column]?.[0]]);
      expect(words.statusToIncident(row[column]?.[0] ?? '')).toBe(row[column + 1]?.[0]);
    }
    const severities = rows.find(([ours]) => ours?.includes('Critical'));
    expect(severities?.[0]?.map((severity) => words.priorityOf(severity))).toEqual(severities?.[column]);
    expect(statuses.flatMap((row) => row[0] ?? []).sort()).toEqual(
      Object.keys({ ...tables.statusToTicket, 'Open: Recovered': '' }).sort(),
    );
  });

  it('names settings as they are', () => {
    const named = [...page.matchAll(/`sync\.(\w+)`/g)].map(([, key]) => key);
    expect(named.length).toBeGreaterThan(12);
    expect(named.filter((key) => !Object.keys(sync.shape).includes(String(key)))).toEqual([]);
    const filter = Object.keys(sync.shape.filter.unwrap().shape);
    for (const key of filter) expect(page).toContain(`\`${key}\``);
  });

  it('shows a configuration that can be read', () => {
    const [, example = ''] = /```yaml\n(sync:\n.*?)```/s.exec(page) ?? [];
    expect(readConfig('example.yaml', example, []).sync).toMatchObject({ system: { kind: 'rt' }, max_per_hour: 50 });
  });
});
