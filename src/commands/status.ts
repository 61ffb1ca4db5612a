import type { Command } from './command.ts';
import { STATE_OPTION, type StateFileOptions } from './outbox.ts';
import { JSON_OPTION, SESSION_OPTIONS } from './session-options.ts';

export interface StatusOptions extends StateFileOptions {
  readonly json: boolean;
}

/** `sightline status`: what became of every line, how far each log is read, and what waits for delivery. */
export const status: Command<StatusOptions> = {
  usage: 'status',
  describe: 'Show what became of every line that tail read, how far each log is read, and what waits for delivery',
  options: (yargs) => yargs.options({ config: SESSION_OPTIONS.config, ...STATE_OPTION, ...JSON_OPTION }),
  async run(given) {
    const { runStatusCommand } = await import('./run-status.ts');
    return runStatusCommand(given);
  },
};
