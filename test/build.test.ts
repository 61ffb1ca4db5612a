import { existsSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, runCli } from './support/run-cli.ts';

const DIST = join(ROOT, 'dist');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

describe('the built program', () => {
  it.each([['--help'], ['batch', '--help'], ['tail', '--help'], ['sync', '--help'], ['incidents', '--help']])(
    'lays out help that is ASCII, whose width is its length: %s %s',
    async (...args) => {
      const { stdout } = await runCli(args);
      expect(stdout).toMatch(/^[\n\x20-\x7e]+$/);
      const lines = stdout.split('\n');
      expect(lines.filter((line) => line.length > 100)).toEqual([]);
    },
  );

  it('speaks one language, whatever the terminal is set to', async () => {
    const english = await runCli(['batch']);
    expect(english.stderr).toContain('Something is missing');
    expect(await runCli(['batch'], { env: { LANG: 'de_DE.UTF-8' } })).toEqual(english);
  });

  it('tells its own version, also from within another package', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-package-'));
    writeFileSync(join(folder, 'package.json'), '{"version": "9.9.9"}');
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const { stdout } = await runCli(['--version'], { cwd: folder });
    expect(stdout).toBe(`${manifest.version}\n`);
  });

  it('is a library, too', async () => {
    const { default: path, types } = manifest.exports['.'];
    expect(existsSync(join(ROOT, types))).toBe(true);
    const { DEFAULT_RULES, loadRules } = await import(join(ROOT, path));
    expect(DEFAULT_RULES).toBe(join(ROOT, 'rules'));
    expect((await loadRules([DEFAULT_RULES])).rules.length).toBeGreaterThan(200);
  });

  it('carries the licences of the packages that are part of it', () => {
    const licenses = readFileSync(join(DIST, 'LICENSES.txt'), 'utf8');
    for (const name of ['yargs', 'zod', 'split2'])
      expect(licenses).toContain(`${name} ${manifest.dependencies[name]}\n`);
    expect(licenses).toContain('Permission is hereby granted');
  });

  it('imports no module of Node as a whole', () => {
    const chunks = readdirSync(DIST).filter((name) => name.endsWith('.js'));
    const imports = chunks.flatMap(
      (name) => readFileSync(join(DIST, name), 'utf8').match(/^import .* from "node:.*$/gm) ?? [],
    );
    expect(imports).toEqual([]);
  });
});
