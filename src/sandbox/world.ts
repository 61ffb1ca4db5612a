import type { FaultPlan } from './fault/fault-plan.ts';
import type { Behaviour } from './settings.ts';
import type { Store } from './store/store.ts';

/** What every route of one sandbox shares. */
export interface World {
  readonly behaviour: Behaviour;
  readonly store: Store;
  readonly faults: FaultPlan;
  /** Epoch milliseconds, as far as it was moved on. */
  readonly clock: () => number;
  /** From 0 up to 1, by the seed. */
  readonly random: () => number;
  readonly uuid: () => string;
}

/** The time as entities show it. */
export function nowOf({ clock }: Pick<World, 'clock'>): string {
  return new Date(clock()).toISOString();
}
