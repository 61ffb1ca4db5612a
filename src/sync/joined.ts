import { describeJoined } from './describe.ts';
import { hashOf } from './facts.ts';
import type { SyncOptions } from './options.ts';
import type { SyncStore } from './store.ts';

/** Incidents told in one comment. */
const MAX_JOINED = 50;

/**
 * Has tickets told of the incidents that were put into them: one comment for many, which is on its way with the first of
 * them, so that its visit sends it, and parks it when it is refused. Answers whether there was any.
 */
export function queueJoined({ linkOf, clock }: Pick<SyncOptions, 'linkOf' | 'clock'>, store: SyncStore): boolean {
  const ticketIds = store.ticketsWithJoins();
  for (const ticketId of ticketIds) store.transact(() => queue(ticketId));
  return ticketIds.length > 0;

  function queue(ticketId: string): void {
    const lines = (store.joins(ticketId)?.waiting ?? []).filter(
      ({ incidentId }) => store.pair(incidentId)?.state === 'linked',
    );
    for (let rest = lines; rest.length > 0; rest = rest.slice(MAX_JOINED)) {
      const batch = rest.slice(0, MAX_JOINED);
      const ids = batch.map(({ incidentId }) => incidentId);
      const pair = store.pair(ids[0] ?? '');
      if (pair === null) continue;
      const key = hashOf('joined', ticketId, ids);
      const comment = { key, blocks: [...describeJoined(batch, linkOf)], tried: false, conflicts: [] };
      store.setPair({ ...pair, outgoing: { ...pair.outgoing, comments: [...pair.outgoing.comments, comment] } });
      store.add({ incidentId: pair.incidentId, reason: 'ticket', notBefore: clock() }, clock());
    }
    store.setJoins(ticketId, null);
  }
}
