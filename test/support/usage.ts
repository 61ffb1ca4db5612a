import yargs, { type Argv } from 'yargs';
import { batch } from '../../src/commands/batch.ts';
import type { Command, CommandGroup } from '../../src/commands/command.ts';
import { doctor } from '../../src/commands/doctor.ts';
import { incidents } from '../../src/commands/incidents.ts';
import { outbox } from '../../src/commands/outbox.ts';
import { status } from '../../src/commands/status.ts';
import { sync } from '../../src/commands/sync.ts';
import { tail } from '../../src/commands/tail.ts';

/** What the command line says of these arguments, without carrying them out; null if it takes them. */
export function refusalOf(args: readonly string[]): string | null {
  let refusal: string | null = null;
  const add = <Options>(parser: Argv, { usage, describe, options }: Command<Options>) =>
    parser.command<Options>(usage, describe, options, () => {});
  const addGroup = (parser: Argv, { name, describe, each }: CommandGroup) =>
    parser.command(name, describe, (group) => {
      each((command) => add(group, command));
      return group.demandCommand(1);
    });
  const parser = yargs()
    .strict()
    .demandCommand(1)
    .exitProcess(false)
    .fail((message, error) => {
      refusal = message ?? error.message;
    });
  for (const command of [batch, tail, status, doctor, sync]) add(parser, command as Command<unknown>);
  for (const group of [outbox, incidents]) addGroup(parser, group);
  parser.parse(args.map((arg) => (arg === '-' ? 'stdin' : arg)));
  return refusal;
}
