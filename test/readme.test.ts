import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sampleLog } from './support/logs.ts';
import { ROOT, runCli } from './support/run-cli.ts';
import { refusalOf } from './support/usage.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const { scripts, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const commands = [...readme.matchAll(/```sh\n(.*?)```/gs)]
  .flatMap(([, block = '']) => block.split('\n'))
  .map((line) => line.replace(/\s+#.*/, '').trim())
  .filter(Boolean);

/** A folder as the README's reader has it. */
function readersFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-readme-'));
  const log = `${sampleLog().join('\n')}\n`;
  writeFileSync(join(folder, 'access.log'), log);
  mkdirSync(join(folder, 'archive'));
  writeFileSync(join(folder, 'archive', 'access.log.2.gz'), gzipSync(log.replaceAll('22/Nov', '21/Nov')));
  copyFileSync(join(folder, 'archive', 'access.log.2.gz'), join(folder, 'archive', 'old.log.gz'));
  return folder;
}

/** Words of a command line with single quotes. */
const wordsOf = (line: string) =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

describe('README commands', () => {
  it('are found', () => {
    expect(commands.length).toBeGreaterThan(8);
  });

  it.each(commands.filter((line) => line.includes('npx sightline batch') && /--dry-run|--out/.test(line)))(
    '%s',
    async (line) => {
      const cwd = readersFolder();
      const [, ...args] = wordsOf(line.slice(line.indexOf('npx sightline') + 'npx '.length));
      const input = line.startsWith('cat ') ? readFileSync(join(cwd, 'access.log')) : '';
      const { code, stderr } = await runCli(args, { cwd, input });
      expect(stderr).toMatch(/^Read [\d,]+ lines in \d files? as/);
      expect(code).toBe(0);
      const hits = args.indexOf('--hits');
      if (hits >= 0) expect(existsSync(join(cwd, args[hits + 1] ?? ''))).toBe(true);
    },
  );

  it.each(commands.filter((line) => /npx sightline (?:tail|sync)/.test(line)))('%s is one that there is', (line) => {
    expect(refusalOf(wordsOf(line.slice(line.indexOf('npx sightline') + 'npx sightline '.length)))).toBeNull();
  });

  it('of npm exist', () => {
    const named = commands.flatMap((line) =>
      [...line.matchAll(/npm (start|test|run \S+)/g)].map(([, name = '']) => name),
    );
    for (const name of named) expect(Object.keys(scripts)).toContain(name.replace('run ', ''));
    expect(commands).toContain('npm cit');
  });
});

it('the result that the README shows is the real one', async () => {
  const [, command = '', shown = ''] = /<!-- summary of: sightline (.*?) -->\n```\n(Read .*?)```/s.exec(readme) ?? [];
  const { stderr } = await runCli(wordsOf(command));
  const steady = (text: string) => text.trimEnd().replace(/, read in .*/, '');
  expect(steady(stderr)).toBe(steady(shown));
});

it.each([...readme.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, path = '']) => path))(
  'link %s leads somewhere',
  (path) => {
    expect(existsSync(join(ROOT, path))).toBe(true);
  },
);

it('the changelog knows this version', () => {
  expect(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8')).toContain(`## ${version}`);
});
