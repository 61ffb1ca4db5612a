import { OBSERVABLE_TYPES } from '../vocabulary/vocabulary.ts';
import type { Command } from './command.ts';
import { JSON_OPTION, SESSION_OPTIONS, type SessionOptions } from './session-options.ts';

export interface VerdictOptions extends SessionOptions {
  readonly type: (typeof OBSERVABLE_TYPES)[number];
  readonly values: readonly string[];
  readonly json: boolean;
}

/** `sightline verdict`: what private intelligence says of observables. */
export const verdict: Command<VerdictOptions> = {
  usage: 'verdict <type> <values...>',
  describe: 'Ask for the verdict on observables: ip, ipv6, domain, url, user_agent, sha256 and so on',
  options: (yargs) =>
    yargs
      .options(SESSION_OPTIONS)
      .positional('type', { type: 'string', choices: OBSERVABLE_TYPES, demandOption: true, describe: 'CTIM’s type' })
      .positional('values', { type: 'string', array: true, demandOption: true, describe: 'Values of this type' })
      .options(JSON_OPTION),
  run: async (given) => (await import('./run-verdict.ts')).runVerdict(given),
};
