import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { sampleLog } from '../support/logs.ts';
import { type Run, runCli } from '../support/run-cli.ts';

/** A sandbox, and the command line talking to it from a folder of its own. */
export interface Tenant {
  readonly sandbox: Sandbox;
  readonly folder: string;
  run(...args: string[]): Promise<Run>;
  runWithInput(input: string, ...args: string[]): Promise<Run>;
}

export async function openTenant(options: SandboxOptions = {}): Promise<Tenant> {
  const sandbox = await openSandbox({ refreshMs: 0, ...options });
  const folder = mkdtempSync(join(tmpdir(), 'sightline-tenant-'));
  const runWithInput = (input: string, ...args: string[]) =>
    runCli(args, { env: sandbox.environment, cwd: folder, input });
  return { sandbox, folder, runWithInput, run: (...args) => runWithInput('', ...args) };
}

/** A tenant with the three incidents of the sample log. */
export async function openFilledTenant(options: SandboxOptions = {}): Promise<Tenant> {
  const tenant = await openTenant(options);
  const log = join(tenant.folder, 'access.log');
  writeFileSync(log, `${sampleLog().join('\n')}\n`);
  const { code, stderr } = await tenant.run('batch', log, '--target', 'hostname=www.example.org');
  if (code !== 0) throw new Error(stderr);
  return tenant;
}

/** What the sandbox holds of each type that Sightline makes. */
export function countsIn({ sandbox }: Tenant): Readonly<Record<string, number>> {
  const types = ['incident', 'sighting', 'indicator', 'relationship', 'note', 'judgement'] as const;
  return Object.fromEntries(types.map((type) => [type, sandbox.entities(type).length]));
}
