import { SightlineError } from '../model/errors.ts';
import type { BaselineState } from './baseline.ts';
import type { CorrelationsState } from './correlations-state.ts';
import type { CorrelatorCounts } from './counts.ts';
import type { EpisodesState } from './episodes.ts';
import type { Tables } from './packer.ts';
import type { SequencerState } from './sequencer.ts';

/** Goes up with each change of what a state looks like. */
export const STATE_VERSION = 1;

/**
 * All that a correlator knows, as plain data that `structuredClone` and `v8.serialize` carry: taken up by another one, it
 * goes on as if nothing had happened. It shares nothing that the correlator goes on to change.
 */
export interface CorrelatorState {
  readonly version: number;
  readonly tables: Tables;
  readonly lines: SequencerState;
  readonly baseline: BaselineState;
  readonly windows: CorrelationsState;
  readonly book: EpisodesState;
  /** Lines that were counted and have not been given out: places in the table of hits. */
  readonly marked: readonly number[];
  readonly counts: CorrelatorCounts;
}

/** @throws SightlineError `unknown-state`. */
export function refuseOtherVersions({ version }: CorrelatorState): void {
  if (version === STATE_VERSION) return;
  throw new SightlineError(
    'unknown-state',
    `expected a correlation state of version ${STATE_VERSION} and found ${version}; another version of Sightline wrote it`,
  );
}
