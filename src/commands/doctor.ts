import type { Command } from './command.ts';
import { JSON_OPTION, SESSION_OPTIONS, type SessionOptions } from './session-options.ts';

export interface DoctorOptions extends SessionOptions {
  readonly files: readonly string[];
  readonly json: boolean;
}

/** `sightline doctor`: whether everything is set up, and what to do where it is not. */
export const doctor: Command<DoctorOptions> = {
  usage: 'doctor [files...]',
  describe:
    'Check configuration, credentials, connection, clock, rules and log files; exit code 1 if anything is wrong',
  options: (yargs) =>
    yargs
      .options(SESSION_OPTIONS)
      .positional('files', { type: 'string', array: true, default: [], describe: 'Log files or globs to try as well' })
      .options(JSON_OPTION),
  run: async (given) => (await import('./doctor/run-doctor.ts')).runDoctor(given),
};
