import { loadConfig, readEnvironment, statePath } from '../../config.ts';
import { SightlineError } from '../../model/errors.ts';
import { openState, type State, type StoredParcel } from '../../state/state.ts';
import type { ExitCode } from '../command.ts';
import type { StateFileOptions } from '../outbox.ts';

/** Runs `work` on the state file, which another process may be working with, and closes it afterwards. */
export async function withState(
  given: StateFileOptions,
  access: 'read' | 'share',
  work: (state: State) => Promise<ExitCode>,
): Promise<ExitCode> {
  const environment = readEnvironment();
  const config = loadConfig(given.config ?? null, environment, [
    { place: ['state', 'path'], value: given.state, name: '--state' },
  ]);
  const { outbox_max_bytes: maxBytes, outbox_full: whenFull } = config.state;
  const state = openState(statePath(config, environment), { access, maxBytes, whenFull });
  try {
    return await work(state);
  } finally {
    state.close();
  }
}

/** Throws SightlineError `not-found` for a number that no bundle in the outbox has. */
export function requireParcel({ outbox }: State, seq: number): StoredParcel {
  const parcel = outbox.find(seq);
  if (parcel !== null) return parcel;
  throw new SightlineError(
    'not-found',
    `there is no bundle ${seq} in the outbox; it may have been delivered meanwhile`,
  );
}
