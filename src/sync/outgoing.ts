import { shortIdOf } from '../ctia/ctia.ts';
import { documentOf } from './describe.ts';
import type { SyncOptions } from './options.ts';
import type { Pair } from './pair.ts';
import type { SyncStore } from './store.ts';

/**
 * Sends what a pair has on its way: comments to its ticket, notes to its incident. Each is stored as tried before it is
 * sent, and forgotten once it is there, so that a kill at any point neither loses nor doubles it.
 */
export async function sendOutgoing(
  { client, connector, report }: Pick<SyncOptions, 'client' | 'connector' | 'report'>,
  store: SyncStore,
  pair: Pair,
): Promise<Pair> {
  const names = { incident: shortIdOf(pair.incidentId), ticket: pair.ticketId };
  let current = pair;
  const keep = (outgoing: Pair['outgoing']): void => {
    current = { ...current, outgoing };
    store.setPair(current);
  };
  for (let [comment, ...rest] = current.outgoing.comments; comment !== undefined; [comment, ...rest] = rest) {
    const again = comment.tried;
    keep({ ...current.outgoing, comments: [{ ...comment, tried: true }, ...rest] });
    await connector.comment(current.ticketId, documentOf(comment), { key: comment.key, again });
    keep({ ...current.outgoing, comments: rest });
    report({ kind: 'commented', ...names });
  }
  for (let [note, ...rest] = current.outgoing.notes; note !== undefined; [note, ...rest] = rest) {
    await client.entities('note').ensure(note);
    keep({ ...current.outgoing, notes: rest });
    report({ kind: 'noted', ...names });
  }
  return current;
}
