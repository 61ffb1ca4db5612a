import { shortIdOf } from '../ctia/ctia.ts';
import type { State } from '../state/state.ts';
import type { Side } from './event.ts';
import type { Pair } from './pair.ts';
import { type Hold, syncStore } from './store.ts';
import type { Work } from './work.ts';

export interface SyncStatus {
  /** Incidents with a ticket. */
  readonly pairs: number;
  readonly work: readonly Work[];
  readonly holds: readonly (Hold & { readonly side: Side })[];
  /** Epoch ms; 0 for never. */
  readonly reconciled: number;
}

/** What a person may look at and do beside the process that syncs. */
export interface SyncTending {
  status(): SyncStatus;
  pair(incidentId: string): Pair | null;
  /** Has it tried again at once, and lets go of both sides; all that waits or is parked where no incident is named. The count. */
  retry(incidentIds: readonly string[] | null): number;
  /** Parts an incident from its ticket for good. False when it has none. */
  unlink(incidentId: string): boolean;
}

/** Incidents are named by long or short id. */
export function tendSync(state: Pick<State, 'table' | 'transact'>): SyncTending {
  const store = syncStore(state);
  const bySince = (): Work[] => [...store.queue()].sort((a, b) => a.since - b.since);
  return {
    status: () => ({
      pairs: [...store.pairs()].filter(({ state: of }) => of === 'linked').length,
      work: bySince(),
      holds: (['xdr', 'ticket'] as const).flatMap((side) => {
        const hold = store.hold(side);
        return hold === null ? [] : [{ side, ...hold }];
      }),
      reconciled: store.reconciled(),
    }),
    pair: (incidentId) => store.pair(incidentId),
    retry: (incidentIds) =>
      store.transact(() => {
        const named = incidentIds === null ? null : new Set(incidentIds.map(shortIdOf));
        const chosen = bySince().filter((one) => named?.has(shortIdOf(one.incidentId)) ?? true);
        for (const one of chosen) store.setWork({ ...one, parked: false, attempts: 0, notBefore: 0 });
        for (const side of ['xdr', 'ticket'] as const) store.setHold(side, null);
        return chosen.length;
      }),
    unlink: (incidentId) =>
      store.transact(() => {
        const pair = store.pair(incidentId);
        const work = store.work(incidentId);
        if (work !== null) store.finish(work);
        if (pair === null || pair.state !== 'linked') return false;
        store.setPair({ ...pair, state: 'unlinked' });
        return true;
      }),
  };
}
