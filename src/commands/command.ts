import type { ArgumentsCamelCase, Argv } from 'yargs';

/** 0: all done. 1: failed with nothing lost. 2: wrong usage, configuration or rule. */
export type ExitCode = 0 | 1 | 2;

/** One command of the command line: its options, and what it does with them. */
export interface Command<Options> {
  /** yargs syntax: name, then positional arguments. */
  readonly usage: string;
  readonly describe: string;
  options(yargs: Argv): Argv<Options>;
  run(given: ArgumentsCamelCase<Options>): Promise<ExitCode>;
}

/** Commands under one name: `incidents list`, `incidents show`. */
export interface CommandGroup {
  readonly name: string;
  readonly describe: string;
  /** Gives each of its commands to `add`. */
  each(add: <Options>(command: Command<Options>) => void): void;
}
