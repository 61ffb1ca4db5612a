#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import yargs, { type Argv } from 'yargs';
import { batch } from './commands/batch.ts';
import { clean } from './commands/clean.ts';
import type { Command, CommandGroup, ExitCode } from './commands/command.ts';
import { doctor } from './commands/doctor.ts';
import { exitCodeOf } from './commands/exit-code.ts';
import { explain } from './commands/explain.ts';
import { feeds } from './commands/feeds.ts';
import { describeOddSwitch, type FoundUsage, whyRefused } from './commands/given-options.ts';
import { incidents } from './commands/incidents.ts';
import { init } from './commands/init.ts';
import { inspect } from './commands/inspect.ts';
import { boundHeap } from './commands/lean-heap.ts';
import { outbox } from './commands/outbox.ts';
import { rules } from './commands/rules.ts';
import { sandbox } from './commands/sandbox.ts';
import { status } from './commands/status.ts';
import { sync, syncTending } from './commands/sync.ts';
import { tail } from './commands/tail.ts';
import { verdict } from './commands/verdict.ts';
import { toTerminal } from './escape/escape.ts';
import { SightlineError } from './model/errors.ts';

/** Major version, as `engines` in package.json has it. */
const LEAST_NODE = 24;

/** What is thrown out of yargs when it has found a command: were its handler to return, yargs would make its help text. */
class Found {
  readonly start: () => ExitCode | Promise<ExitCode>;

  constructor(start: Found['start']) {
    this.start = start;
  }
}

/** What no argument can begin with. */
const SHIELD = '\0';

/**
 * yargs drops a lone `-` from positional arguments, and gives what stands behind `--` to no command. Shielded, they come
 * through. In place of `--` stands an option without any effect, which ends the values of the one before.
 */
function shielded(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return args.map((arg, index) => {
    if (index === end) return '--no-help';
    return arg === '-' || (end !== -1 && index > end && arg.startsWith('-')) ? SHIELD + arg : arg;
  });
}

function unshielded<Given extends object>(given: Given): Given {
  const restore = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(restore);
    return typeof value === 'string' && value.startsWith(SHIELD) ? value.slice(SHIELD.length) : value;
  };
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, restore(value)])) as Given;
}

/** What yargs hands to a check besides the arguments; its types tell of aliases alone. */
interface DeclaredOptions {
  /** By each option's name. */
  readonly key?: Readonly<Record<string, unknown>>;
  /** Names of those that take several values. */
  readonly array?: readonly string[];
  /** Names of those that take none. */
  readonly boolean?: readonly string[];
}

/** How the command that was found is used, and the names of its options. */
let found: FoundUsage | null = null;

/** Adds a command: one row each below. */
function addCommand<Options>(parser: Argv, { usage, describe, options, run }: Command<Options>): Argv {
  const declare = (yargs: Argv): Argv<Options> => {
    const declared = options(yargs);
    // What its types leave out, yargs has nevertheless.
    const { key } = (declared as unknown as { getOptions(): Required<DeclaredOptions> }).getOptions();
    found = { usage, options: Object.keys(key) };
    return declared;
  };
  return parser.command<Options>(usage, describe, declare, (given) => {
    throw new Found(() => {
      boundHeap();
      return run(unshielded(given));
    });
  });
}

/** A command that does something by its bare name, too. */
function addCommandWithGroup<Options>(parser: Argv, command: Command<Options>, { each }: CommandGroup): Argv {
  const options = (yargs: Argv): Argv<Options> => {
    each((inner) => addCommand(yargs, inner));
    return command.options(yargs);
  };
  return addCommand(parser, { ...command, options });
}

function addGroup(parser: Argv, { name, describe, each }: CommandGroup): Argv {
  return parser.command(name, describe, (group) => {
    each((command) => addCommand(group, command));
    return group.demandCommand(1, `Name what to do: sightline ${name} --help tells.`);
  });
}

// An older one fails somewhere on the way, with a fault that tells nobody what to do.
if (Number.parseInt(process.versions.node, 10) < LEAST_NODE) {
  process.stderr.write(`sightline: Node.js ${LEAST_NODE} or later is needed, and this is ${process.version}\n`);
  process.exit(2);
}

const { version } = JSON.parse(readFileSync(findPackageJSON(import.meta.url) as string, 'utf8')); // it is in a package

const parser = yargs()
  .scriptName('sightline')
  // By itself yargs would tell the version of whatever package it lies in, and half of its messages in another language.
  .version(version)
  .detectLocale(false)
  .usage('$0 <command>\n\nTurns Apache access logs into security incidents.')
  .completion('completion', 'Print a shell completion script')
  .demandCommand(1, 'Name a command.')
  .strict()
  .recommendCommands()
  .alias({ help: 'h', version: 'v' })
  .wrap(Math.min(process.stdout.columns ?? 100, 120))
  .epilogue('Exit codes: 0 done; 1 failed with nothing lost; 2 wrong usage, configuration or rule.')
  .check((given, { key = {}, array = [], boolean = [] }: DeclaredOptions) => {
    const odd = describeOddSwitch(process.argv.slice(2), boolean);
    if (odd !== null) throw new SightlineError('usage', odd);
    const many = new Set(array);
    const twice = Object.keys(key).find((name) => !many.has(name) && Array.isArray(given[name]));
    if (twice === undefined) return true;
    throw new SightlineError('usage', `--${twice} is given more than once: it takes one value`);
  })
  .fail((message, error) => {
    if (error instanceof Error && error.name !== 'YError') throw error;
    const why = whyRefused(process.argv.slice(2), message ?? error?.message, found);
    throw new SightlineError(
      'usage',
      `${why}\nsightline --help tells the commands, sightline <command> --help their options.`,
    );
  });
addCommand(parser, batch);
addCommand(parser, tail);
addCommand(parser, status);
addGroup(parser, incidents);
addGroup(parser, outbox);
addCommandWithGroup(parser, sync, syncTending);
addGroup(parser, feeds);
addCommand(parser, verdict);
addCommand(parser, inspect);
addGroup(parser, rules);
addCommand(parser, explain);
addCommand(parser, clean);
addCommand(parser, doctor);
addCommand(parser, init);
addCommand(parser, sandbox);

/** What the command line asks for: nothing more where yargs has answered it. */
async function find(args: readonly string[]): Promise<Found['start']> {
  try {
    await parser.parseAsync(shielded(args));
    return () => 0;
  } catch (thrown) {
    if (thrown instanceof Found) return thrown.start;
    throw thrown;
  }
}

// Whoever read it has gone: there is nobody left to tell, which is no reason to leave off what is being done.
process.stderr.on('error', () => {});
let exitCode: ExitCode;
try {
  const start = await find(process.argv.slice(2));
  exitCode = await start();
} catch (error) {
  if (!(error instanceof SightlineError)) throw error;
  // Line by line: several faults are told at once, and what they quote may be anybody's.
  const shown = error.message.split('\n').map(toTerminal).join('\n');
  process.stderr.write(`sightline: ${shown}\n`);
  exitCode = exitCodeOf(error);
}
process.exitCode = exitCode;
