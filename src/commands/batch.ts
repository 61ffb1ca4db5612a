import type { Argv } from 'yargs';
import { SightlineError } from '../model/errors.ts';
import type { Command } from './command.ts';
import { RUN_OPTIONS, type RunOptions } from './run-options.ts';

export interface BatchOptions extends RunOptions {
  readonly files: readonly string[];
  readonly out: string | undefined;
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly progress: boolean;
}

/** `sightline batch`: whole files, archives and standard input, once. */
export const batch: Command<BatchOptions> = {
  usage: 'batch <files...>',
  describe: 'Read whole logs (plain, .gz, .zst, - for standard input) and deliver the incidents found',
  options,
  async run(given) {
    const { runBatchCommand } = await import('./run-batch.ts');
    return runBatchCommand(given);
  },
};

function options(yargs: Argv): Argv<BatchOptions> {
  return yargs
    .positional('files', { type: 'string', array: true, demandOption: true, describe: 'Files, globs, or -' })
    .options({
      ...RUN_OPTIONS,
      out: { type: 'string', requiresArg: true, describe: 'Write the bundles to this file instead of sending them' },
      since: {
        type: 'string',
        requiresArg: true,
        describe: 'Only requests from this time on (ISO 8601, UTC if no zone)',
      },
      until: { type: 'string', requiresArg: true, describe: 'Only requests before this time' },
      quiet: { type: 'boolean', alias: 'q', default: false, describe: 'No summary and no progress' },
      progress: { type: 'boolean', default: true, describe: 'Progress bar on a terminal (--no-progress: none)' },
    })
    .example('$0 batch access.log --dry-run', 'Print the bundles of one log')
    .example("$0 batch 'archive/*.log.gz' --dry-run --hits hits.jsonl", 'Scan archives, keep every detected line')
    .example('zcat old.gz | $0 batch - --log-format vhost_combined --out incidents.jsonl', 'From a pipe into a file')
    .example('$0 batch access.log --target hostname=www.example.org --target ip=192.0.2.10', 'Send to the XDR tenant')
    .check(({ pretty, 'dry-run': dryRun, out }) => {
      if (dryRun && out !== undefined) throw new SightlineError('usage', '--dry-run and --out exclude each other');
      if (pretty && !dryRun && out === undefined) {
        throw new SightlineError('usage', '--pretty goes with --dry-run or --out');
      }
      return true;
    });
}
