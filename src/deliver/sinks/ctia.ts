import { type CtiaClient, type CtiaCode, CtiaError, subsetOf } from '../../ctia/ctia.ts';
import type { EntityReceipt, Parcel, Receipt } from '../../model/parcel.ts';
import { markIncidents } from '../growth.ts';
import type { Sink } from '../sink.ts';
import { incidentUpdater } from '../update-incident.ts';

export interface CtiaSinkOptions {
  /** Stays open: its owner closes it. */
  readonly client: Pick<CtiaClient, 'importBundle' | 'entities'>;
  /** Start of the external ids, its closing hyphen included. */
  readonly prefix: string;
}

/** Codes of failures that sending the same bundle again cannot mend. */
const REFUSALS: ReadonlySet<CtiaCode> = new Set(['bad-options', 'bad-request', 'too-large']);
const SHOWN_REASONS = 3;

/**
 * Imports bundles, one at a time. What the server refuses of a bundle is sent once more, with what it refers to, since
 * one entity's failure takes others with it. An import changes nothing that is stored, so an incident that was there
 * already is brought up to date afterwards. The receipt tells of each entity what came out.
 */
export function ctiaSink({ client, prefix }: CtiaSinkOptions): Sink {
  const update = incidentUpdater(client.entities('incident'));
  let last: Promise<unknown> = Promise.resolve();

  async function deliver(parcel: Parcel): Promise<Receipt> {
    let entities: readonly EntityReceipt[] = [];
    try {
      const { body, incidents } = markIncidents(parcel.body);
      entities = await client.importBundle(body, { prefix });
      const unfinished = new Set(entities.filter(isUnfinished).flatMap(({ originalId }) => originalId ?? []));
      if (unfinished.size > 0) {
        const again = await client.importBundle(subsetOf(body, unfinished), { prefix });
        entities = merge(entities, again);
      }
      const settled: EntityReceipt[] = [];
      for (const receipt of entities) {
        const sent = receipt.type === 'incident' ? incidents.get(receipt.originalId) : undefined;
        settled.push(sent === undefined ? receipt : await update(receipt, sent));
      }
      entities = settled;
      return settle(parcel, entities);
    } catch (error) {
      if (!(error instanceof CtiaError)) throw error;
      const verdict = isRefusal(error) && entities.length === 0 ? 'refused' : 'undelivered';
      return { key: parcel.key, verdict, entities, reason: error.message };
    }
  }

  return {
    name: 'ctia',
    send(parcel) {
      const turn = last.then(() => deliver(parcel));
      last = turn.catch(() => null); // Whoever sent it hears of the failure; the next one only waits.
      return turn;
    },
    async close() {},
  };
}

/** A 403 for want of a capability passes when the API client is mended; one for the content does not. */
function isRefusal(error: CtiaError): boolean {
  return REFUSALS.has(error.code) || (error.code === 'forbidden' && error.serverCode !== 'missing_capability');
}

function isUnfinished({ result }: EntityReceipt): boolean {
  return result === 'error' || result === 'missing';
}

/** The first outcome of each entity, unless a second attempt was made at it. */
function merge(first: readonly EntityReceipt[], second: readonly EntityReceipt[]): EntityReceipt[] {
  const keyOf = ({ type, originalId }: EntityReceipt): string => `${type} ${originalId}`;
  const later = new Map(second.map((receipt) => [keyOf(receipt), receipt]));
  return first.map((receipt) => (isUnfinished(receipt) ? (later.get(keyOf(receipt)) ?? receipt) : receipt));
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
