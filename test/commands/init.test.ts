import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'sightline-init-'));
const init = (...args: string[]) => runCli(['init', ...args], { cwd: folder });

describe('sightline init', () => {
  it('writes a configuration that changes nothing, and nothing still when its settings are uncommented', async () => {
    expect(await init()).toMatchObject({ code: 0, stderr: '' });
    const yaml = readFileSync(join(folder, 'sightline.yaml'), 'utf8');
    const defaults = readConfig('', '', []);
    expect(readConfig('sightline.yaml', yaml, [])).toEqual(defaults);
    const uncommented = yaml.replace(/^#(?=\w| {2})/gm, '');
    expect(uncommented).not.toBe(yaml);
    expect(readConfig('sightline.yaml', uncommented, [])).toEqual(defaults);
    for (const section of Object.keys(defaults)) expect(yaml).toContain(`\n#${section}:`);
    expect(Math.max(...yaml.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it('does not overwrite a file unless told to', async () => {
    writeFileSync(join(folder, 'mine.yaml'), 'mine');
    expect(await init('mine.yaml')).toMatchObject({ code: 1, stderr: expect.stringContaining('--force') });
    expect(readFileSync(join(folder, 'mine.yaml'), 'utf8')).toBe('mine');
    expect(await init('mine.yaml', '--force')).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'mine.yaml'), 'utf8')).not.toBe('mine');
  });

  it('says why a file cannot be written', async () => {
    expect(await init('none/x.yaml')).toMatchObject({ code: 1, stderr: expect.stringContaining('ENOENT') });
  });
});
