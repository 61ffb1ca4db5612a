import type { Argv } from 'yargs';
import { SightlineError } from '../model/errors.ts';
import type { Command } from './command.ts';
import { STATE_OPTION } from './outbox.ts';
import { RUN_OPTIONS, type RunOptions } from './run-options.ts';

export interface TailOptions extends RunOptions {
  readonly files: readonly string[];
  readonly 'apache-config': string | undefined;
  readonly state: string | undefined;
  readonly from: 'start' | 'end';
  readonly metrics: string | undefined;
  readonly 'rotated-to': readonly string[];
}

/** `sightline tail`: follows logs, for months. */
export const tail: Command<TailOptions> = {
  usage: 'tail [files...]',
  describe: 'Follow live logs through rotations and restarts, and deliver incidents as they grow',
  options,
  async run(given) {
    const { runTailCommand } = await import('./run-tail.ts');
    return runTailCommand(given);
  },
};

function options(yargs: Argv): Argv<TailOptions> {
  return yargs
    .positional('files', { type: 'string', array: true, default: [] as string[], describe: 'Files, globs, or -' })
    .options({
      ...RUN_OPTIONS,
      ...STATE_OPTION,
      'apache-config': {
        type: 'string',
        requiresArg: true,
        describe: 'Follow the logs that this configuration of Apache names, and take formats and targets from it',
      },
      from: {
        choices: ['start', 'end'] as const,
        default: 'start' as const,
        describe: 'Where to begin in a file that was never read before',
      },
      'rotated-to': {
        type: 'string',
        array: true,
        default: [] as string[],
        nargs: 1,
        describe: 'Folder to which rotated files go, besides old, archive and rotated beside a log (repeatable)',
      },
      metrics: {
        type: 'string',
        requiresArg: true,
        describe: 'Serve Prometheus metrics, /healthz and /readyz at this address, e.g. 127.0.0.1:9464',
      },
      quiet: { type: 'boolean', alias: 'q', default: false, describe: 'Log warnings and errors only' },
    })
    .example('$0 tail /var/log/apache2/access.log', 'Follow one log and send to the XDR tenant')
    .example("$0 tail '/var/log/apache2/*access.log' --dry-run", 'See what would be sent')
    .example('CustomLog "|/usr/bin/sightline tail -" combined', 'As a piped log, in the configuration of Apache')
    .check(({ files, 'apache-config': apacheConfig, pretty, 'dry-run': dryRun }) => {
      if (files.length === 0 && apacheConfig === undefined)
        throw new SightlineError('usage', 'name files to follow, or the configuration of Apache by --apache-config');
      if (pretty && !dryRun) throw new SightlineError('usage', '--pretty goes with --dry-run');
      return true;
    });
}
