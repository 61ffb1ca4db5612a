import { type CtiaClient, CtiaError, type ImportBundle, subsetOf } from '../../ctia/ctia.ts';
import type { EntityReceipt, Parcel, Receipt } from '../../model/parcel.ts';
import { markIncidents } from '../growth.ts';
import { isRefusal } from '../refusal.ts';
import type { Sink } from '../sink.ts';
import { incidentUpdater } from '../update-incident.ts';

export interface CtiaSinkOptions {
  /** Stays open: its owner closes it. */
  readonly client: Pick<CtiaClient, 'exclusively' | 'entities'>;
  /** Start of the external ids, its closing hyphen included. */
  readonly prefix: string;
}

const SHOWN_REASONS = 3;

/**
 * Imports bundles, one at a time, each with the changes that follow from it. What the server refuses of a bundle is sent once more, with what it refers to, since
 * one entity's failure takes others with it. An import changes nothing that is stored, so an incident that was there
 * already is brought up to date afterwards. The receipt tells of each entity what came out.
 */
export function ctiaSink({ client, prefix }: CtiaSinkOptions): Sink {
  const update = incidentUpdater(client.entities('incident'));

  async function deliver(parcel: Parcel, importBundle: ImportBundle): Promise<Receipt> {
    let entities: readonly EntityReceipt[] = [];
    try {
      const { body, incidents } = markIncidents(parcel.body);
      entities = await importBundle(body, { prefix });
      const unfinished = new Set(entities.flatMap((receipt, place) => (isUnfinished(receipt) ? [place] : [])));
      if (unfinished.size > 0) {
        const again = subsetOf(body, unfinished);
        const receipts = await importBundle(again.body, { prefix });
        const later = new Map(again.places.map((place, i) => [place, receipts[i]]));
        entities = entities.map((first, place) => (unfinished.has(place) ? (later.get(place) ?? first) : first));
      }
      const settled: EntityReceipt[] = [];
      for (const receipt of entities) {
        const sent = receipt.type === 'incident' ? incidents.get(receipt.originalId) : undefined;
        settled.push(sent === undefined ? receipt : await update(receipt, sent));
      }
      entities = settled;
      return settle(parcel, entities);
    } catch (error) {
      return receiptOf(parcel, error, entities);
    }
  }

  return {
    name: 'ctia',
    send(parcel) {
      return client
        .exclusively((importBundle) => deliver(parcel, importBundle))
        .catch((error: unknown) => receiptOf(parcel, error, []));
    },
    async close() {},
  };
}

/** The receipt of a failure. Throws on what is no failure of the server or of the way to it. */
function receiptOf({ key }: Parcel, error: unknown, entities: readonly EntityReceipt[]): Receipt {
  if (!(error instanceof CtiaError)) throw error;
  const { message: reason, retryAfterMs } = error;
  if (isRefusal(error) && entities.length === 0) return { key, verdict: 'refused', entities, reason };
  return { key, verdict: 'undelivered', entities, reason, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
}

function isUnfinished({ result }: EntityReceipt): boolean {
  return result === 'error' || result === 'missing';
}

function settle(parcel: Parcel, entities: readonly EntityReceipt[]): Receipt {
  const failed = entities.filter(isUnfinished);
  if (failed.length === 0) return { key: parcel.key, verdict: 'delivered', entities, reason: null };
  const shown = failed
    .slice(0, SHOWN_REASONS)
    .map(({ type, originalId, reason }) => `${type} ${originalId}: ${reason}`);
  if (failed.length > SHOWN_REASONS) shown.push(`and ${failed.length - SHOWN_REASONS} more`);
  return {
    key: parcel.key,
    verdict: failed.length === entities.length ? 'refused' : 'partial',
    entities,
    reason: `${failed.length} of ${entities.length} entities were not taken: ${shown.join('; ')}`,
  };
}
