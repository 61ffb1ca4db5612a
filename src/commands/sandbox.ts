import type { Argv } from 'yargs';
import type { Command } from './command.ts';
import { wholeNumber } from './whole-number.ts';

export interface SandboxCommandOptions {
  readonly port: number;
  readonly db: string | undefined;
  readonly fault: readonly string[];
  readonly 'rate-limit': number | undefined;
  readonly 'show-url': string | undefined;
  readonly 'default-tlp': 'green' | 'amber' | 'red';
  readonly 'refresh-ms': number;
  readonly 'max-entities': number;
}

/** `sightline sandbox`: a local double of the platform, to try everything without a tenant. */
export const sandbox: Command<SandboxCommandOptions> = {
  usage: 'sandbox',
  describe: 'Run a local double of the XDR platform, to try everything without a tenant',
  options,
  async run(given) {
    const { runSandboxCommand } = await import('./run-sandbox.ts');
    return runSandboxCommand(given);
  },
};

function options(yargs: Argv): Argv<SandboxCommandOptions> {
  return yargs
    .options({
      port: {
        ...wholeNumber('--port', { least: 0, most: 65_535 }),
        default: 8443,
        requiresArg: true,
        describe: 'Port on 127.0.0.1 (0: any free one)',
      },
      db: { type: 'string', requiresArg: true, describe: 'SQLite file that keeps entities and credentials' },
      fault: {
        type: 'string',
        array: true,
        default: [],
        nargs: 1,
        describe: 'What goes wrong: KIND[:VALUE][,times=N][,skip=N][,every=N][,path=/START][,method=M] (repeatable)',
      },
      'rate-limit': {
        ...wholeNumber('--rate-limit', { least: 1 }),
        requiresArg: true,
        describe: 'Requests per hour of each service',
      },
      'show-url': { type: 'string', requiresArg: true, describe: 'What the ids of entities begin with' },
      'default-tlp': {
        choices: ['green', 'amber', 'red'] as const,
        default: 'green' as const,
        requiresArg: true,
        describe: 'TLP of entities that name none',
      },
      'refresh-ms': {
        ...wholeNumber('--refresh-ms', { least: 0 }),
        default: 1000,
        requiresArg: true,
        describe: 'How long single writes stay out of sight of reads',
      },
      'max-entities': {
        ...wholeNumber('--max-entities', { least: 1 }),
        default: 2000,
        requiresArg: true,
        describe: 'Entities of one bundle at most',
      },
    })
    .example('$0 sandbox', 'Print credentials and the environment to set, then serve until Ctrl+C')
    .example('$0 sandbox --db sandbox.db', 'Keep everything, the credentials too, for the next time')
    .example('$0 sandbox --fault rate-limited:30,times=2', 'Answer the first two requests with 429');
}
