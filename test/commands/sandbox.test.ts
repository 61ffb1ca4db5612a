import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../support/run-cli.ts';

/** Runs until `last` was printed, then lets go of the output; the sandbox goes on until it is told to stop. */
async function greetingOf(last: string, ...args: string[]): Promise<string[]> {
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'cli.js'), 'sandbox', '--port', '0', ...args]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.includes(last)) break;
  }
  child.stdout.destroy();
  const url = /http:\/\/[\d.]+:\d+/.exec(lines[0] ?? '')?.[0] ?? '';
  expect((await fetch(`${url}/ctia/version`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  return lines;
}

it('prints what to paste into a shell, and where ids lead', async () => {
  const lines = await greetingOf('SIGHTLINE_PRIVATE_INTEL_URL');
  expect(lines.filter((line) => !line.startsWith('# ')).map((line) => line.split('=', 1)[0])).toEqual([
    'export SIGHTLINE_CLIENT_ID',
    'export SIGHTLINE_CLIENT_PASSWORD',
    'export SIGHTLINE_IROH_URL',
    'export SIGHTLINE_PRIVATE_INTEL_URL',
  ]);
  expect(lines.join('\n')).toContain('--show-url http://127.0.0.1:');
});

it('says no more of ids that lead to it, and outlives the reader of its greeting', async () => {
  const lines = await greetingOf('# Sightline sandbox', '--show-url', 'http://127.0.0.1:8443');
  expect(lines.join('\n')).not.toContain('--show-url');
});
