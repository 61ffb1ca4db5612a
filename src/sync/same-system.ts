import { SightlineError } from '../model/errors.ts';
import type { SyncStore } from './store.ts';

/**
 * Sees to it that what is remembered is of this ticket system: in another one, the same ids are strangers' tickets. What
 * holds no ticket yet, or never said whose they are, is this system's from now on. Throws SightlineError `bad-config-value`.
 */
export function assertSameSystem(system: string, store: SyncStore): void {
  const known = store.system();
  if (known === system) return;
  if (known !== null && !store.isBlank()) {
    const way = 'give this one a state file of its own: sync.state_path, or --state';
    throw new SightlineError(
      'bad-config-value',
      `sync.system is ${system}, but what sync remembers is of ${known}; ${way}`,
    );
  }
  store.setSystem(system);
}
