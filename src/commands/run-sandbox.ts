import { once } from 'node:events';
import type { ArgumentsCamelCase } from 'yargs';
import { SightlineError } from '../model/errors.ts';
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import type { ExitCode } from './command.ts';
import { print } from './print.ts';
import type { SandboxCommandOptions } from './sandbox.ts';

const HOUR_MS = 3_600_000;

/** Carries out `sightline sandbox`: serves until it is told to stop. */
export async function runSandboxCommand(given: ArgumentsCamelCase<SandboxCommandOptions>): Promise<ExitCode> {
  const { rateLimit } = given;
  const sandbox = await openSandbox({
    port: given.port,
    faults: given.fault,
    defaultTlp: given.defaultTlp,
    refreshMs: given.refreshMs,
    maxEntities: given.maxEntities,
    rateLimit: rateLimit === undefined ? null : { limit: rateLimit, windowMs: HOUR_MS },
    ...(given.db === undefined ? {} : { dbFile: given.db }),
    ...(given.showUrl === undefined ? {} : { showUrl: origin(given.showUrl) }),
  });
  await print(greeting(sandbox, given));
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await sandbox.close();
  return 0;
}

/** Lines of it can be pasted into a shell, or all of them evaluated by one. */
function greeting(
  { url, credentials, environment }: Sandbox,
  { db, 'show-url': showUrl }: SandboxCommandOptions,
): string[] {
  return [
    `# Sightline sandbox at ${url}: open it in a browser to see what was made; stop it with Ctrl+C.`,
    `# Client id ${credentials.clientId}, password ${credentials.clientPassword}`,
    db === undefined ? '# All is kept in memory only.' : `# All is kept in ${db}.`,
    ...(showUrl === undefined
      ? [`# Ids and feed URLs bear the platform's host name; with --show-url ${url} they lead here.`]
      : []),
    ...Object.entries(environment).map(([name, value]) => `export ${name}='${value}'`),
  ];
}

/** Ids hold the port in any case, as the platform's do. */
function origin(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/') {
    throw new SightlineError('usage', '--show-url must look like https://host[:port]');
  }
  return `${url.protocol}//${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;
}
