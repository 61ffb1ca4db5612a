import { shortIdOf } from '../ctia/ctia.ts';
import { documentOf } from './describe.ts';
import { isRefusal } from './judge-failure.ts';
import type { SyncOptions } from './options.ts';
import type { Pair } from './pair.ts';
import type { SyncStore } from './store.ts';

/** Refusals after which the rest waits for the next time: more hint at a ticket that takes nothing. */
const MAX_REFUSED = 5;

/**
 * Sends what a pair has on its way: comments to its ticket, notes to its incident. Each is stored as tried before it is
 * sent, and forgotten once it is there, so that a kill at any point neither loses nor doubles it. What was refused before
 * is in nobody's way; a refusal is thrown when all others are sent.
 */
export async function sendOutgoing(
  { client, connector, report }: Pick<SyncOptions, 'client' | 'connector' | 'report'>,
  store: SyncStore,
  pair: Pair,
): Promise<void> {
  const names = { incident: shortIdOf(pair.incidentId), ticket: pair.ticketId };
  let { comments, notes } = pair.outgoing;
  const refusals: unknown[] = [];
  const keep = (): void => store.setPair({ ...pair, outgoing: { comments, notes } });

  for (const { key, tried: again, ...comment } of comments.toSorted((a, b) => Number(a.tried) - Number(b.tried))) {
    if (refusals.length === MAX_REFUSED) break;
    comments = comments.map((one) => (one.key === key ? { ...one, tried: true } : one));
    keep();
    if (!(await isTaken(() => connector.comment(pair.ticketId, documentOf(comment), { key, again })))) continue;
    comments = comments.filter((one) => one.key !== key);
    keep();
    report({ kind: 'commented', ...names });
  }
  for (const note of notes) {
    if (refusals.length === MAX_REFUSED) break;
    if (!(await isTaken(() => client.entities('note').ensure(note)))) continue;
    notes = notes.filter((one) => one !== note);
    keep();
    report({ kind: 'noted', ...names });
  }
  if (refusals.length > 0) throw refusals[0];

  async function isTaken(send: () => Promise<unknown>): Promise<boolean> {
    try {
      await send();
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusals.push(error);
      return false;
    }
  }
}
