import type { JsonObject } from '../ctia/ctia.ts';
import { COLLECTIONS, type CtimType } from '../ctim/ctim.ts';
import { SightlineError } from '../model/errors.ts';
import type { EntityReceipt } from '../model/parcel.ts';
import { type CleanEntity, type CleanOptions, cleanBundle, withIds } from './clean-bundle.ts';
import type { Sink } from './sink.ts';

/** Entities in one import; their bytes stay far below what gateways take, unless single ones are huge. */
const MAX_ENTITIES = 200;
const MAX_BYTES = 512 * 1024;

/** Types that refer to others in a way that an import does not resolve, or not across bundles: sent after those. */
const DEPENDENT: ReadonlySet<CtimType> = new Set(['asset-mapping', 'asset-properties', 'note', 'relationship']);

export interface ImportOutcome {
  readonly entities: readonly EntityReceipt[];
  /** Entities that were not sent because an import takes no such ones, with the reason in words. */
  readonly leftOut: readonly string[];
  /** Those that were not sent for what is wrong with them, likewise. */
  readonly faulty: readonly string[];
  /** Why the server refused others. */
  readonly refused: readonly string[];
}

/**
 * Imports a bundle of any size that came out of an export, or was composed: first what stands alone, then what refers to
 * it, by the ids that the server gave. What is there already stays; incidents of ours are brought up to date.
 * @throws SightlineError `undelivered` when the server cannot be asked; all may be imported again then.
 */
export async function importAgain(bundle: JsonObject, sink: Sink, options: CleanOptions): Promise<ImportOutcome> {
  const { entities, leftOut, faulty } = cleanBundle(bundle, options);
  const receipts: EntityReceipt[] = [];
  const refused: string[] = [];
  const ids = new Map<string, string>();

  async function send(batch: readonly CleanEntity[]): Promise<void> {
    const body = JSON.stringify({ type: 'bundle', source: bundle.source ?? 'sightline', ...byCollection(batch) });
    const receipt = await sink.send({ key: String(batch[0]?.ref), incident: '', body });
    if (receipt.verdict === 'undelivered') throw new SightlineError('undelivered', String(receipt.reason));
    receipts.push(...receipt.entities);
    if (receipt.verdict !== 'delivered') refused.push(receipt.reason ?? 'no reason given');
    const refs = new Map(batch.map(({ ref, entity }) => [entity.id, ref]));
    for (const { originalId, id } of receipt.entities) {
      const ref = refs.get(originalId);
      if (ref !== undefined && id !== null) ids.set(ref, id);
    }
  }

  for (const batch of batches(entities.filter(({ type }) => !DEPENDENT.has(type)))) await send(batch);
  const dependent = entities.filter(({ type }) => DEPENDENT.has(type));
  const resolved = dependent.map((it) => ({ ...it, entity: withIds(it.entity, ids) }));
  for (const batch of batches(resolved)) await send(batch);
  return { entities: receipts, leftOut, faulty, refused };
}

function* batches(entities: readonly CleanEntity[]): Generator<readonly CleanEntity[]> {
  let batch: CleanEntity[] = [];
  let bytes = 0;
  for (const entity of entities) {
    const size = Buffer.byteLength(JSON.stringify(entity.entity));
    if (batch.length === MAX_ENTITIES || (batch.length > 0 && bytes + size > MAX_BYTES)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(entity);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function byCollection(batch: readonly CleanEntity[]): Readonly<Record<string, readonly JsonObject[]>> {
  const groups = Object.entries(Object.groupBy(batch, ({ type }) => COLLECTIONS[type]));
  return Object.fromEntries(groups.map(([list, group]) => [list, (group ?? []).map(({ entity }) => entity)]));
}
