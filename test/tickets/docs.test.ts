import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ticketSettings } from '../../src/tickets/options.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (...path: string[]) => readFileSync(join(ROOT, ...path), 'utf8');

describe('docs/sync.md', () => {
  const page = read('docs', 'sync.md');
  const settings = [...page.matchAll(/```yaml\n(kind: [\s\S]*?)```/g)].map(([, yaml = '']) => parse(yaml));

  it('shows settings that are taken, for every kind that has no file of its own', () => {
    expect(settings.map((it) => ticketSettings.parse(it).kind)).toEqual(['rt', 'redmine', 'webhook', 'jsonl']);
  });

  it('names just the rights that the account of the tests has in Request Tracker', () => {
    const [, seeded = ''] =
      /UserId => 'sightline'[\s\S]*?qw\(([\s\S]*?)\)/.exec(read('test', 'tickets', 'servers', 'rt-initialdata.pl')) ??
      [];
    const [, told = ''] = /The account needs these rights[^:]*:([\s\S]*?)\. Whoever/.exec(page) ?? [];
    const rights = [...told.matchAll(/`(\w+)`/g)].map(([, right]) => right);
    expect(rights.length).toBeGreaterThan(5);
    expect(rights.toSorted()).toEqual(seeded.trim().split(/\s+/).toSorted());
  });

  it('names just the permissions that the account of the tests has in Redmine', () => {
    const [, seeded = ''] =
      /name: 'Sightline'[\s\S]*?permissions: %i\[([^\]]*)\]/.exec(
        read('test', 'tickets', 'servers', 'redmine-seed.rb'),
      ) ?? [];
    const words: Readonly<Record<string, string>> = {
      view_issues: 'View issues',
      add_issues: 'Add issues',
      edit_issues: 'Edit issues',
      add_issue_notes: 'Add notes',
    };
    const [, told = ''] = /a role `Sightline` \| Administration, Roles: ([^|]*) \|/.exec(page) ?? [];
    expect(told.replace(/ \([^)]*\)/g, '').split(', ')).toEqual(seeded.split(' ').map((name) => words[name]));
  });
});

it.each(['jira.yaml', 'servicenow.yaml'])('docs/tickets/%s holds settings that are taken', (name) => {
  expect(ticketSettings.parse(parse(read('docs', 'tickets', name)))).toMatchObject({ kind: 'http' });
});
