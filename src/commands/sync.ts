import type { Argv } from 'yargs';
import { parseDuration } from '../duration/duration.ts';
import { SightlineError } from '../model/errors.ts';
import type { Command, CommandGroup } from './command.ts';
import { STATE_OPTION, type StateFileOptions } from './outbox.ts';
import { JSON_OPTION, SESSION_OPTIONS, type SessionOptions } from './session-options.ts';

export interface SyncRunOptions extends SessionOptions {
  readonly state: string | undefined;
  readonly once: boolean;
  readonly interval: string;
  readonly 'dry-run': boolean;
  readonly quiet: boolean;
}

export interface StatusOptions extends StateFileOptions {
  readonly json: boolean;
}

export interface RetryOptions extends StateFileOptions {
  readonly ids: readonly string[];
  readonly all: boolean;
}

export interface UnlinkOptions extends StateFileOptions {
  readonly ids: readonly string[];
}

const STATE = { state: { ...STATE_OPTION.state, describe: 'What sync remembers (default: sync.state_path)' } } as const;
const IDS = { type: 'string', array: true, describe: 'Long or short ids of incidents' } as const;

const stateFile = (yargs: Argv) => yargs.options({ config: SESSION_OPTIONS.config, ...STATE });

/** `sightline sync`: incidents and tickets in step, once or for months. */
export const sync: Command<SyncRunOptions> = {
  usage: 'sync',
  describe: 'Keep incidents and the tickets of another system in step, both ways',
  options: (yargs) =>
    yargs
      .options({
        ...SESSION_OPTIONS,
        ...STATE,
        once: { type: 'boolean', default: false, describe: 'Do all that there is to do, then end' },
        interval: { type: 'string', default: '60s', requiresArg: true, describe: 'How often both sides are asked' },
        'dry-run': { type: 'boolean', default: false, describe: 'Print what would be created and changed, once' },
        quiet: { type: 'boolean', alias: 'q', default: false, describe: 'Log warnings and errors only' },
      })
      .example('$0 sync --dry-run', 'See which tickets would be made')
      .example('$0 sync --once', 'Bring both sides in step, for a timer')
      .example('$0 sync --interval 30s', 'Go on until SIGTERM; SIGHUP reads the configuration again')
      .check(({ interval }) => {
        if (parseDuration(interval) !== null && parseDuration(interval) !== 0) return true;
        throw new SightlineError('usage', `--interval: expected a duration such as 60s, got "${interval}"`);
      }),
  run: async (given) => (await import('./sync/run.ts')).runSync(given),
};

const status: Command<StatusOptions> = {
  usage: 'status',
  describe: 'Show how many incidents have tickets, what waits, and what was refused with its reason',
  options: (yargs) => stateFile(yargs).options(JSON_OPTION),
  run: async (given) => (await import('./sync/tend.ts')).showStatus(given),
};

const retry: Command<RetryOptions> = {
  usage: 'retry [ids...]',
  describe: 'Try again without waiting any longer, what was refused too',
  options: (yargs) =>
    stateFile(yargs)
      .positional('ids', { ...IDS, default: [] as string[] })
      .options({ all: { type: 'boolean', default: false, describe: 'All of them' } })
      .check(({ ids, all }) => {
        if (ids.length > 0 !== all) return true;
        throw new SightlineError('usage', 'expected either ids of incidents, as status shows them, or --all');
      }),
  run: async (given) => (await import('./sync/tend.ts')).retryIncidents(given),
};

const unlink: Command<UnlinkOptions> = {
  usage: 'unlink <ids...>',
  describe: 'Part incidents from their tickets: neither follows the other any more',
  options: (yargs) => stateFile(yargs).positional('ids', { ...IDS, demandOption: true }),
  run: async (given) => (await import('./sync/tend.ts')).unlinkIncidents(given),
};

/** `sightline sync ...`: what a person does beside the process that syncs. */
export const syncTending: CommandGroup = {
  name: 'sync',
  describe: 'Look after what is synced',
  each(add) {
    add(status);
    add(retry);
    add(unlink);
  },
};
