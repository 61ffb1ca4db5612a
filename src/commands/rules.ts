import type { Argv, Options } from 'yargs';
import { LEVELS, type Level } from '../model/rule.ts';
import type { Command, CommandGroup } from './command.ts';
import { JSON_OPTION, SESSION_OPTIONS } from './session-options.ts';
import { wholeNumber } from './whole-number.ts';

export interface CheckOptions {
  readonly dirs: readonly string[];
  readonly 'default-rules': boolean | undefined;
  readonly 'log-format': string;
  readonly junit: string | undefined;
  readonly config: string | undefined;
}

export interface ListOptions {
  readonly dirs: readonly string[];
  readonly tag: readonly string[];
  readonly level: Level | undefined;
  readonly family: string | undefined;
  readonly format: 'table' | 'json';
  readonly config: string | undefined;
}

/** What every command that runs rules over logs takes. */
export interface LogOptions {
  readonly log: readonly string[];
  readonly 'log-format': string | undefined;
  readonly config: string | undefined;
  readonly json: boolean;
}

export interface TestOptions extends LogOptions {
  readonly dir: string;
  readonly examples: number;
}

export interface DiffOptions extends LogOptions {
  readonly old: string;
  readonly new: string;
}

const CONFIG = { config: SESSION_OPTIONS.config };
const LOG_OPTIONS = {
  log: {
    type: 'string',
    array: true,
    demandOption: true,
    describe: 'Logs to read: files, archives, globs',
  },
  'log-format': {
    type: 'string',
    requiresArg: true,
    describe: 'auto, a format name, or an Apache LogFormat string',
  },
  ...CONFIG,
  ...JSON_OPTION,
} as const satisfies Readonly<Record<string, Options>>;
const withDirs = (yargs: Argv) =>
  yargs
    .positional('dirs', {
      type: 'string',
      array: true,
      default: [] as string[],
      describe: 'Rule folders (default: those of the configuration, the rules that come along included)',
    })
    .options(CONFIG);
const folder = (describe: string) => ({ type: 'string', demandOption: true, describe }) as const;

const check: Command<CheckOptions> = {
  usage: 'check [dirs..]',
  describe: 'Check rules: form, proofs, double ids, and what can never match or costs much',
  options: (yargs) =>
    withDirs(yargs)
      .options({
        'default-rules': {
          type: 'boolean',
          describe:
            'Load the default rules with the folders, for rules that refer to them (--no-default-rules: yours may bear their ids)',
        },
        'log-format': {
          type: 'string',
          default: 'combined',
          requiresArg: true,
          describe: 'Warn of rules that can never match in logs of this format',
        },
        junit: { type: 'string', requiresArg: true, describe: 'Write the results to this file, as JUnit XML' },
      })
      .example('$0 rules check my-rules --junit report.xml', 'Check your own rules on a build server'),
  run: async (given) => (await import('./rules/check.ts')).checkCommand(given),
};

const list: Command<ListOptions> = {
  usage: 'list [dirs..]',
  describe: 'List rules and correlations',
  options: (yargs) =>
    withDirs(yargs).options({
      tag: {
        type: 'string',
        array: true,
        default: [],
        nargs: 1,
        describe: 'Only with this tag (repeatable: with all)',
      },
      level: { type: 'string', choices: LEVELS, describe: 'Only of this level or a worse one' },
      family: { type: 'string', requiresArg: true, describe: 'Only of this subfolder' },
      format: { type: 'string', choices: ['table', 'json'] as const, default: 'table' as const, describe: 'Form' },
    }),
  run: async (given) => (await import('./rules/list.ts')).listCommand(given),
};

const test: Command<TestOptions> = {
  usage: 'test <dir>',
  describe: 'Run the rules of one folder over logs and tell which fired, how often and where',
  options: (yargs) =>
    yargs.positional('dir', folder('Rule folder')).options({
      ...LOG_OPTIONS,
      examples: {
        ...wholeNumber('--examples', { least: 0 }),
        default: 3,
        requiresArg: true,
        describe: 'Lines shown for each rule',
      },
    }),
  run: async (given) => (await import('./rules/test.ts')).testCommand(given),
};

const diff: Command<DiffOptions> = {
  usage: 'diff <old> <new>',
  describe: 'Run two rule folders over the same logs and list the incidents that appear, vanish or change',
  options: (yargs) =>
    yargs
      .positional('old', folder('Rule folder to compare with'))
      .positional('new', folder('Rule folder that may take its place'))
      .options(LOG_OPTIONS),
  run: async (given) => (await import('./rules/diff.ts')).diffCommand(given),
};

/** `sightline rules ...`: tools for people who write rules. */
export const rules: CommandGroup = {
  name: 'rules',
  describe: 'Check, list, try out and compare detection rules',
  each(add) {
    add(check);
    add(list);
    add(test);
    add(diff);
  },
};
