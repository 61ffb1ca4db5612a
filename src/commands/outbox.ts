import type { Argv } from 'yargs';
import { SightlineError } from '../model/errors.ts';
import type { Command, CommandGroup } from './command.ts';
import { JSON_OPTION, SESSION_OPTIONS } from './session-options.ts';
import { wholeNumber } from './whole-number.ts';

/** What every command on the state file takes. */
export interface StateFileOptions {
  readonly config: string | undefined;
  readonly state: string | undefined;
}

export interface ListOptions extends StateFileOptions {
  readonly parked: boolean;
  readonly limit: number;
  readonly json: boolean;
}

export interface ShowOptions extends StateFileOptions {
  readonly seq: number;
  readonly json: boolean;
}

export interface RetryOptions extends StateFileOptions {
  readonly seqs: readonly number[];
  readonly all: boolean;
}

export interface DropOptions extends StateFileOptions {
  readonly seqs: readonly number[];
  readonly yes: boolean;
}

export interface ExportOptions extends StateFileOptions {
  readonly seqs: readonly number[];
  readonly parked: boolean;
}

export const STATE_OPTION = {
  state: { type: 'string', requiresArg: true, describe: 'State file (default: state.path of the configuration)' },
} as const;
const SEQ = { describe: 'Number of a bundle, as list shows it' } as const;
const SEQS = {
  ...SEQ,
  ...wholeNumber<number[]>('bundle', { least: 1 }),
  array: true,
  default: [] as number[],
} as const;
const PARKED = { type: 'boolean', default: false, describe: 'Only those that the server refused' } as const;

const stateFile = (yargs: Argv) => yargs.options({ config: SESSION_OPTIONS.config, ...STATE_OPTION });

const list: Command<ListOptions> = {
  usage: 'list',
  describe: 'List the bundles that wait for delivery or were refused, the oldest first',
  options: (yargs) =>
    stateFile(yargs).options({
      parked: PARKED,
      limit: { ...wholeNumber('--limit', { least: 1 }), default: 100, requiresArg: true, describe: 'At most so many' },
      ...JSON_OPTION,
    }),
  run: async (given) => (await import('./outbox/list.ts')).listOutbox(given),
};

const show: Command<ShowOptions> = {
  usage: 'show <seq>',
  describe: 'Show a bundle, and why it was not delivered yet',
  options: (yargs) =>
    stateFile(yargs)
      .positional('seq', { ...SEQ, ...wholeNumber('bundle', { least: 1 }), demandOption: true })
      .options(JSON_OPTION),
  run: async (given) => (await import('./outbox/show.ts')).showParcel(given),
};

const retry: Command<RetryOptions> = {
  usage: 'retry [seqs...]',
  describe: 'Send bundles again, refused ones too, without waiting any longer',
  options: (yargs) =>
    stateFile(yargs)
      .positional('seqs', SEQS)
      .options({ all: { type: 'boolean', default: false, describe: 'All of them' } })
      .check(({ seqs, all }) => {
        if (seqs.length > 0 !== all) return true;
        throw new SightlineError('usage', 'expected either numbers of bundles, as list shows them, or --all');
      }),
  run: async (given) => (await import('./outbox/change.ts')).retryParcels(given),
};

const drop: Command<DropOptions> = {
  usage: 'drop <seqs...>',
  describe: 'Give bundles up: they are never sent; only says what it would do, unless --yes',
  options: (yargs) =>
    stateFile(yargs)
      .positional('seqs', { ...SEQS, demandOption: true })
      .options({ yes: { type: 'boolean', default: false, describe: 'Really drop them' } }),
  run: async (given) => (await import('./outbox/change.ts')).dropParcels(given),
};

const exportCommand: Command<ExportOptions> = {
  usage: 'export [seqs...]',
  describe: 'Print bundles as JSON Lines, all of them unless some are named; incidents import takes them',
  options: (yargs) => stateFile(yargs).positional('seqs', SEQS).options({ parked: PARKED }),
  run: async (given) => (await import('./outbox/export.ts')).exportOutbox(given),
};

/** `sightline outbox ...`: the bundles that are not delivered yet. */
export const outbox: CommandGroup = {
  name: 'outbox',
  describe: 'List, show, retry, drop and export bundles that are not delivered yet',
  each(add) {
    add(list);
    add(show);
    add(retry);
    add(drop);
    add(exportCommand);
  },
};
