import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, type Environment, statePath } from '../../config.ts';
import { openState, type State } from '../../state/state.ts';
import type { TailOptions } from '../tail.ts';

/** A dry run leaves no trace: it neither uses nor makes a state file, unless one is named. */
export function storedPath(
  given: Pick<TailOptions, 'state' | 'dry-run'>,
  config: Config,
  environment: Environment,
): string | undefined {
  return given.state ?? (given['dry-run'] ? undefined : statePath(config, environment));
}

/** One that is temporary where there is no path. */
export function openStateAt(
  path: string | undefined,
  config: Config,
): { state: State; isTemporary: boolean; discard: () => void } {
  const { outbox_max_bytes, outbox_full } = config.state;
  const options = { maxBytes: outbox_max_bytes, whenFull: outbox_full };
  if (path !== undefined) return { state: openState(path, options), isTemporary: false, discard() {} };
  const folder = mkdtempSync(join(tmpdir(), 'sightline-dry-run-'));
  return {
    state: openState(join(folder, 'sightline.db'), options),
    isTemporary: true,
    discard: () => rmSync(folder, { recursive: true, force: true }),
  };
}
