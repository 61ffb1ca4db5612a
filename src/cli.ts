#!/usr/bin/env node
import yargs, { type Argv } from 'yargs';
import { batch } from './commands/batch.ts';
import type { Command, ExitCode } from './commands/command.ts';
import { SightlineError } from './model/errors.ts';

/** Failures that lie in what the user typed or wrote, found before anything was done. Everything else exits 1. */
const USAGE_CODES = new Set([
  'usage',
  'faults',
  'bad-log-format',
  'bad-cidr',
  'bad-credentials',
  'no-such-file',
  'no-config',
]);

let exitCode: ExitCode = 0;

/** Adds a command: one row each below. */
function addCommand<Options>(parser: Argv, { usage, describe, options, run }: Command<Options>): Argv {
  return parser.command<Options>(usage, describe, options, async (given) => {
    exitCode = await run(given);
  });
}

const parser = yargs()
  .scriptName('sightline')
  .usage('$0 <command>\n\nTurns Apache access logs into security incidents.')
  .completion('completion', 'Print a shell completion script')
  .demandCommand(1, 'Name a command.')
  .strict()
  .recommendCommands()
  .alias({ help: 'h', version: 'v' })
  .wrap(Math.min(process.stdout.columns ?? 100, 120))
  .epilogue('Exit codes: 0 done; 1 failed with nothing lost; 2 wrong usage, configuration or rule.')
  .fail((message, error) => {
    throw (
      error ??
      new SightlineError(
        'usage',
        `${message}\nsightline --help tells the commands, sightline <command> --help their options.`,
      )
    );
  });
addCommand(parser, batch);

try {
  await parser.parseAsync(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SightlineError)) throw error;
  process.stderr.write(`sightline: ${error.message}\n`);
  exitCode = USAGE_CODES.has(error.code) ? 2 : 1;
}
process.exitCode = exitCode;
