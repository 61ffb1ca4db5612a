import { CtiaError, type JsonObject, type PatchableEntities } from '../ctia/ctia.ts';
import type { EntityReceipt } from '../model/parcel.ts';
import { changesTo, markOf } from './growth.ts';

/** Changes and looks until nothing is left to change; each further round is due to somebody else's change in between. */
const MAX_ROUNDS = 4;
/** Incidents of which is remembered what the server holds; forgetting costs one look. */
const MAX_REMEMBERED = 10_000;

/**
 * `update(receipt, sent)`: makes an incident that was stored before say what was sent, as far as it is still ours, and
 * looks whether it does. The receipt it returns is `updated`, `exists`, or an error with the reason. One at a time:
 * two changes at once undo each other.
 */
export function incidentUpdater(incidents: Pick<PatchableEntities, 'get' | 'update'>) {
  /** Marks of what was last found stored or made so, by id. */
  const remembered = new Map<string, string>();

  return async function update(receipt: EntityReceipt, sent: JsonObject): Promise<EntityReceipt> {
    const { id, result } = receipt;
    if (id === null || (result !== 'exists' && result !== 'created')) return receipt;
    const mark = markOf(sent);
    if (result === 'exists' && remembered.get(id) !== mark) {
      const outcome = await bringUpToDate(id, sent);
      if (outcome.reason !== null) return { ...receipt, result: 'error', reason: outcome.reason };
      remember(id, mark);
      return outcome.changed ? { ...receipt, result: 'updated' } : receipt;
    }
    remember(id, mark);
    return receipt;
  };

  async function bringUpToDate(id: string, sent: JsonObject): Promise<{ changed: boolean; reason: string | null }> {
    try {
      for (let round = 0; round < MAX_ROUNDS; round++) {
        const stored = await incidents.get(id);
        if (stored === null) return { changed: false, reason: 'the incident was there and has been removed' };
        const changes = changesTo(stored, sent);
        if (changes === null) return { changed: round > 0, reason: null };
        await incidents.update(id, changes);
      }
      return { changed: true, reason: `still not up to date after ${MAX_ROUNDS} changes: somebody else changes it` };
    } catch (error) {
      if (error instanceof CtiaError && (error.code === 'bad-request' || error.code === 'forbidden')) {
        return { changed: false, reason: `not brought up to date: ${error.message}` };
      }
      throw error;
    }
  }

  function remember(id: string, mark: string): void {
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(id, mark);
  }
}
