import type { Argv } from 'yargs';
import type { Command, CommandGroup } from './command.ts';
import { JSON_OPTION, SESSION_OPTIONS, type SessionOptions } from './session-options.ts';
import { wholeNumber } from './whole-number.ts';

/** Names of the feeds: the type of observable that each one holds. */
const KINDS = ['ip', 'ipv6', 'domain', 'url'] as const;
const MAX_DAYS = 3650;

export interface FeedsOptions extends SessionOptions {
  readonly json: boolean;
}

export interface FeedOptions extends SessionOptions {
  readonly name: (typeof KINDS)[number];
}

export interface AddOptions extends SessionOptions {
  readonly type: (typeof KINDS)[number];
  readonly value: string;
  readonly reason: string;
  readonly days: number;
}

export interface RemoveOptions extends SessionOptions {
  readonly type: (typeof KINDS)[number];
  readonly value: string;
}

const TYPE = { choices: KINDS, demandOption: true, describe: 'Type of observable' } as const;
const VALUE = { type: 'string', demandOption: true, describe: 'Address, domain or URL' } as const;
const session = (yargs: Argv) => yargs.options(SESSION_OPTIONS);

const setup: Command<FeedsOptions> = {
  usage: 'setup',
  describe: 'Make the four feeds and their indicators where they are missing; the URL of a new feed is shown once',
  options: (yargs) => session(yargs).options(JSON_OPTION),
  run: async (given) => (await import('./feeds/read.ts')).setUpFeeds(given),
};

const list: Command<FeedsOptions> = {
  usage: 'list',
  describe: 'List the feeds, with the number of values that each one gives out',
  options: (yargs) => session(yargs).options(JSON_OPTION),
  run: async (given) => (await import('./feeds/read.ts')).listFeeds(given),
};

const show: Command<FeedOptions> = {
  usage: 'show <name>',
  describe: 'Print what a firewall would fetch from a feed',
  options: (yargs) => session(yargs).positional('name', TYPE),
  run: async (given) => (await import('./feeds/read.ts')).showFeed(given),
};

const add: Command<AddOptions> = {
  usage: 'add <type> <value>',
  describe: 'Judge an observable malicious, so that its feed gives it out',
  options: (yargs) =>
    session(yargs)
      .positional('type', TYPE)
      .positional('value', VALUE)
      .options({
        reason: { type: 'string', requiresArg: true, demandOption: true, describe: 'Why, for the next reader' },
        days: {
          ...wholeNumber('--days', { least: 1, most: MAX_DAYS }),
          default: 7,
          requiresArg: true,
          describe: 'For how long',
        },
      }),
  run: async (given) => (await import('./feeds/change.ts')).addToFeed(given),
};

const remove: Command<RemoveOptions> = {
  usage: 'remove <type> <value>',
  describe: 'End our judgements on an observable, so that its feed gives it out no longer',
  options: (yargs) => session(yargs).positional('type', TYPE).positional('value', VALUE),
  run: async (given) => (await import('./feeds/change.ts')).removeFromFeed(given),
};

/** `sightline feeds ...`: lists of attackers for firewalls to fetch. */
export const feeds: CommandGroup = {
  name: 'feeds',
  describe: 'Make, read and fill blocking feeds',
  each(take) {
    take(setup);
    take(list);
    take(show);
    take(add);
    take(remove);
  },
};
