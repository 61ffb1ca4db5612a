import type { Command } from './command.ts';
import { JSON_OPTION, SESSION_OPTIONS, type SessionOptions } from './session-options.ts';

export interface InspectOptions extends SessionOptions {
  readonly text: readonly string[];
  readonly local: boolean;
  readonly json: boolean;
}

/** `sightline inspect`: the observables in a text. */
export const inspect: Command<InspectOptions> = {
  usage: 'inspect [text...]',
  describe: 'Find observables in a text, and print them so that nobody clicks on one by accident',
  options: (yargs) =>
    yargs
      .options(SESSION_OPTIONS)
      .positional('text', {
        type: 'string',
        array: true,
        default: [],
        describe: 'Text; nothing or - for standard input',
      })
      .options({
        local: { type: 'boolean', default: false, describe: 'Read it here, without asking the server' },
        json: { ...JSON_OPTION.json, describe: 'Print JSON, with values as they are' },
      }),
  run: async (given) => (await import('./inspect/run-inspect.ts')).runInspect(given),
};
