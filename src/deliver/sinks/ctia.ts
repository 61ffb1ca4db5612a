import { type CtiaClient, type CtiaCode, CtiaError, subsetOf } from '../../ctia/ctia.ts';
import type { EntityReceipt, Parcel, Receipt } from '../../model/parcel.ts';
import type { Sink } from '../sink.ts';

export interface CtiaSinkOptions {
  /** Stays open: its owner closes it. */
  readonly client: Pick<CtiaClient, 'importBundle'>;
  /** Start of the external ids, its closing hyphen included. */
  readonly prefix: string;
}

/** Codes of failures that sending the same bundle again cannot mend. */
const REFUSALS: ReadonlySet<CtiaCode> = new Set(['bad-options', 'bad-request', 'too-large']);
const SHOWN_REASONS = 3;

/**
 * Imports bundles; the client keeps them from running at once. What the server refuses of a bundle is sent once more, with what it refers to, since
 * one entity's failure takes others with it; the receipt tells of each entity what came out.
 */
export function ctiaSink({ client, prefix }: CtiaSinkOptions): Sink {
  async function deliver(parcel: Parcel): Promise<Receipt> {
    let entities: readonly EntityReceipt[] = [];
    try {
      entities = await client.importBundle(parcel.body, { prefix });
      const unfinished = new Set(entities.filter(isUnfinished).flatMap(({ originalId }) => originalId ?? []));
      if (unfinished.size > 0) {
        const again = await client.importBundle(subsetOf(parcel.body, unfinished), { prefix });
        entities = merge(entities, again);
      }
      return settle(parcel, entities);
    } catch (error) {
      if (!(error instanceof CtiaError)) throw error;
      const verdict = isRefusal(error) && entities.length === 0 ? 'refused' : 'undelivered';
      return { key: parcel.key, verdict, entities, reason: error.message };
    }
  }

  return { name: 'ctia', send: deliver, async close() {} };
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
