import { SightlineError } from '../../model/errors.ts';
import type { ExitCode } from '../command.ts';
import { exitCodeOf } from '../exit-code.ts';
import { openLog, type ServiceLog } from './log.ts';

/**
 * Runs what tells of itself on standard error. There, where no person reads it as it comes, a failure that ends it is an
 * event like all others, so that whoever reads the log as JSON Lines does not miss it.
 */
export async function runService(
  { quiet }: { readonly quiet: boolean },
  work: (log: ServiceLog) => Promise<ExitCode>,
): Promise<ExitCode> {
  const isTerminal = process.stderr.isTTY;
  const log = openLog({ output: process.stderr, isTerminal, quiet });
  try {
    return await work(log);
  } catch (error) {
    if (isTerminal || !(error instanceof SightlineError)) throw error;
    log.error(error.message.replaceAll('\n', '; '), { code: error.code });
    return exitCodeOf(error);
  }
}
