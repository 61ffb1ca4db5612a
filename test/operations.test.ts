import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { metricsOf } from '../src/commands/tail/metrics.ts';
import { COSTS } from '../src/correlate/correlate.ts';
import { REJECT_CODES } from '../src/model/reject.ts';
import type { FollowNoticeCode } from '../src/read/read.ts';
import { ROOT } from './support/run-cli.ts';
import { refusalOf } from './support/usage.ts';

const page = readFileSync(join(ROOT, 'docs', 'operations.md'), 'utf8');

/** All of them: the compiler sees to that. */
const NOTICES: Readonly<Record<FollowNoticeCode, true>> = {
  missing: true,
  unreadable: true,
  back: true,
  rotated: true,
  truncated: true,
  moved: true,
  lost: true,
  'bad-archive': true,
  'not-watched': true,
};

/** Arguments as a shell would pass them on: what is quoted is one. */
function argumentsOf(command: string): string[] {
  const words = command.match(/'[^']*'|\S+/g) ?? [];
  return words.slice(1).map((word) => word.replace(/^'(.*)'$/, '$1'));
}

const blocks = [...page.matchAll(/^```\w*\n(.*?)^```/gms)].map(([, text = '']) => text);
const commands = blocks
  .flatMap((text) => text.split('\n'))
  .map((line) => /(?:^|\|\/usr\/bin\/)(sightline [^"]*)/.exec(line)?.[1] ?? '')
  .map((line) => line.split(/ {2,}|;| > /)[0] ?? '')
  .filter((line) => line !== '');

describe('docs/operations.md', () => {
  it.each(commands)('shows a command that there is: %s', (command) => {
    expect(refusalOf(argumentsOf(command))).toBeNull();
  });

  it('shows commands at all', () => {
    expect(commands.length).toBeGreaterThan(6);
  });

  it.each(Object.keys(NOTICES))('tells of the notice %s', (code) => {
    expect(page).toContain(`| \`${code}\` |`);
  });

  it('tells of the metrics that there are, and of no others', async () => {
    const registry = metricsOf({
      live: { tally: { hitsByRule: new Map(), rejected: {} }, files: [], ledger: () => [] },
      output: { judger: null, enricher: null },
      outbox: {},
      pausedBy: () => null,
    } as never); // Only the names are asked for.
    const names = registry.getMetricsAsArray().map(({ name }) => name);
    const own = names.filter((name) => name.startsWith('sightline_'));
    const told = [...page.matchAll(/`(sightline_\w+)/g)].map(([, name = '']) => name);
    expect([...new Set(told)].sort()).toEqual(own.toSorted());
  });

  it.each<[string, readonly string[]]>([
    ['What bounds cost', COSTS],
    ['Why lines are rejected', REJECT_CODES],
  ])('%s: all of it is told, and nothing else', (heading, names) => {
    const [, section = ''] = page.split(`### ${heading}\n`);
    const [table = ''] = section.split(/^##/m);
    const firstCells = [...table.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = '']) => cell.split(', '));
    expect(firstCells.toSorted()).toEqual(names.map((name) => `\`${name}\``).toSorted());
  });

  it.each([...page.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = '']) => path))(
    'links to a file: %s',
    (path) => {
      expect(existsSync(join(ROOT, 'docs', path))).toBe(true);
    },
  );
});
