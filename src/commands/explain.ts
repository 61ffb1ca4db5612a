import type { Command } from './command.ts';
import { JSON_OPTION, SESSION_OPTIONS } from './session-options.ts';

export interface ExplainOptions {
  readonly lines: readonly string[];
  readonly rules: readonly string[];
  readonly 'default-rules': boolean | undefined;
  readonly 'log-format': string | undefined;
  readonly config: string | undefined;
  readonly json: boolean;
}

/** `sightline explain`: why a line is detected, or why it is not. */
export const explain: Command<ExplainOptions> = {
  usage: 'explain [lines...]',
  describe: 'Tell what is read out of log lines, which rules match or come near, and why',
  options: (yargs) =>
    yargs
      .positional('lines', {
        type: 'string',
        array: true,
        default: [],
        describe: 'Lines of an access log; nothing or - for those on standard input',
      })
      .options({
        rules: {
          type: 'string',
          array: true,
          default: [],
          nargs: 1,
          describe: 'Folder of Sigma rules besides the default ones (repeatable)',
        },
        'default-rules': {
          type: 'boolean',
          describe: 'Use the rules that come along (--no-default-rules: only yours)',
        },
        'log-format': {
          type: 'string',
          requiresArg: true,
          describe: 'auto, a format name, or an Apache LogFormat string',
        },
        config: SESSION_OPTIONS.config,
        ...JSON_OPTION,
      })
      .example('grep 203.0.113.9 access.log | $0 explain -', 'Explain what one client did'),
  run: async (given) => (await import('./run-explain.ts')).runExplain(given),
};
