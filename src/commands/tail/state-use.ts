import { z } from 'zod';
import { SightlineError } from '../../model/errors.ts';
import type { State } from '../../state/state.ts';

const useSchema = z.enum(['dry-run', 'delivery']);

/**
 * Makes sure that a state file serves either dry runs or deliveries, whichever came first: what one has read counts as
 * read, so that the other would never tell of it. Throws SightlineError `state-use` for the wrong kind of run.
 */
export function claimState(state: Pick<State, 'path' | 'table'>, isDryRun: boolean): void {
  const wanted = isDryRun ? 'dry-run' : 'delivery';
  const table = state.table('use');
  const json = table.get('kind');
  if (json === null) table.set('kind', JSON.stringify(wanted));
  else if (useSchema.parse(JSON.parse(json)) !== wanted) {
    const message = isDryRun
      ? `the state file ${state.path} is of runs that deliver: what --dry-run reads with it would never be sent; name another state file for it with --state`
      : `the state file ${state.path} is of runs with --dry-run: what they read would never be sent; name another state file with --state`;
    throw new SightlineError('state-use', message);
  }
}
