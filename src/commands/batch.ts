import type { Argv } from 'yargs';
import { SightlineError } from '../model/errors.ts';
import type { Command } from './command.ts';
import { RUN_OPTIONS, type RunOptions } from './run-options.ts';
import { wholeNumber } from './whole-number.ts';

export interface BatchOptions extends RunOptions {
  readonly files: readonly string[];
  readonly out: string | undefined;
  readonly state: string | undefined;
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly progress: boolean;
  readonly workers: number;
}

const MAX_WORKERS = 64;

/** `sightline batch`: whole files, archives and standard input, once. */
export const batch: Command<BatchOptions> = {
  usage: 'batch <files...>',
  describe: 'Read whole logs (plain, .gz, .zst, - for standard input) and deliver the incidents found',
  options,
  async run(given) {
    if (given.state === undefined) return (await import('./run-batch.ts')).runBatchCommand(given);
    return (await import('./run-batch-state.ts')).runBatchWithState(given, given.state);
  },
};

function options(yargs: Argv): Argv<BatchOptions> {
  return yargs
    .positional('files', { type: 'string', array: true, demandOption: true, describe: 'Files, folders, globs, or -' })
    .options({
      ...RUN_OPTIONS,
      out: { type: 'string', requiresArg: true, describe: 'Write the bundles to this file instead of sending them' },
      state: {
        type: 'string',
        requiresArg: true,
        describe:
          'Remember in this file what was read: a broken run goes on, and the next run reads only what is new; one file serves either runs with --dry-run or those that send',
      },
      since: {
        type: 'string',
        requiresArg: true,
        describe: 'Only requests from this time on (ISO 8601, UTC if no zone)',
      },
      until: { type: 'string', requiresArg: true, describe: 'Only requests before this time' },
      quiet: { type: 'boolean', alias: 'q', default: false, describe: 'No summary and no progress' },
      workers: {
        ...wholeNumber('--workers', { least: 0, most: MAX_WORKERS }),
        default: 0,
        requiresArg: true,
        describe: 'Threads to scan lines in, for large logs on several cores: about 100 MB for each but the first',
      },
      progress: { type: 'boolean', default: true, describe: 'Progress bar on a terminal (--no-progress: none)' },
    })
    .example('$0 batch access.log --dry-run', 'Print the bundles of one log')
    .example("$0 batch 'archive/*.log.gz' --dry-run --hits hits.jsonl", 'Scan archives, keep every detected line')
    .example('zcat old.gz | $0 batch - --log-format vhost_combined --out incidents.jsonl', 'From a pipe into a file')
    .example("$0 batch 'archive/*.gz' --state archive.db", 'Every night: only what is new is read')
    .example('$0 batch access.log --target hostname=www.example.org --target ip=192.0.2.10', 'Send to the XDR tenant')
    .check(({ pretty, 'dry-run': dryRun, out, state, workers }) => {
      if (dryRun && out !== undefined) throw new SightlineError('usage', '--dry-run and --out exclude each other');
      if (state !== undefined && out !== undefined) {
        throw new SightlineError('usage', '--state and --out exclude each other: redirect the output of --dry-run');
      }
      if (pretty && !dryRun && out === undefined) {
        throw new SightlineError('usage', '--pretty goes with --dry-run or --out');
      }
      if (state !== undefined && workers > 0) {
        throw new SightlineError(
          'usage',
          '--state and --workers exclude each other: what is remembered is read in one thread',
        );
      }
      return true;
    });
}
