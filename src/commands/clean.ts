import { SightlineError } from '../model/errors.ts';
import type { Command } from './command.ts';
import { SESSION_OPTIONS, type SessionOptions } from './session-options.ts';

export interface CleanOptions extends SessionOptions {
  readonly source: string;
  readonly yes: boolean;
}

/** `sightline clean`: takes back everything that was made under one source and the configured prefix. */
export const clean: Command<CleanOptions> = {
  usage: 'clean',
  describe: 'Remove what Sightline made on the server; counts only, unless --yes',
  options: (yargs) =>
    yargs
      .options(SESSION_OPTIONS)
      .options({
        source: {
          type: 'string',
          requiresArg: true,
          demandOption: true,
          describe: 'Source of the entities; their external ids must begin with bundle.prefix, too',
        },
        yes: { type: 'boolean', default: false, describe: 'Really remove' },
      })
      .check(({ source }) => {
        if (source.trim() !== '') return true;
        throw new SightlineError('usage', '--source: expected a name');
      }),
  run: async (given) => (await import('./run-clean.ts')).runClean(given),
};
