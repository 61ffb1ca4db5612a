import { toTerminal } from '../escape/escape.ts';
import type { EntityReceipt } from '../model/parcel.ts';
import { badAnswer, isObject, type JsonObject, readObject } from './answer.ts';
import { type BundleEntity, readBundle, type Subset, subsetOf, textsOf } from './bundle.ts';
import type { Caller } from './caller.ts';
import { CtiaError } from './ctia-error.ts';
import type { Service } from './hosts.ts';
import { lookUp } from './look-up.ts';
import { pathOf } from './path.ts';
import type { HttpAnswer } from './transport.ts';

/** Which way bundles go in: CTIA itself, or IROH in front of it, which Cisco recommends. */
export const ROUTES = ['iroh', 'direct'] as const;
export type Route = (typeof ROUTES)[number];

export interface ImportOptions {
  /** The start of the external ids that the server looks entities up by; with its closing hyphen. */
  readonly prefix: string;
}

const MAX_REASON_LENGTH = 500;

const IMPORT_ROUTES: Readonly<Record<Route, { readonly service: Service; readonly path: string }>> = {
  iroh: { service: 'iroh', path: pathOf('iroh', 'private-intel', 'bundle', 'import') },
  direct: { service: 'ctia', path: pathOf('ctia', 'bundle', 'import') },
};

/** Looks at what a lost import wrote before it is given up as endless. */
const MAX_LOOKS = 10;

/**
 * Sends a bundle and says of each of its entities, in its order, what became of it; one that the server does not mention
 * is `missing`. When no answer comes, what the request wrote is looked up, and only the rest is sent again, with what it
 * refers to; what was found is told as `exists`. That needs an external id with the prefix on every entity: a bundle
 * without is not sent again.
 */
export type ImportBundle = (body: string, options: ImportOptions) => Promise<EntityReceipt[]>;

export function importer(caller: Caller, route: Route): ImportBundle {
  function post(body: string, entities: readonly BundleEntity[], prefix: string): Promise<EntityReceipt[]> {
    return caller.call(
      {
        ...IMPORT_ROUTES[route],
        method: 'POST',
        query: { 'external-key-prefixes': prefix },
        body,
        need: { entity: 'bundle', access: 'write' },
        repeatable: false,
      },
      (answer) => matchResults(entities, readResults(answer)),
    );
  }

  /**
   * What is stored of the entities, after `lost` left that open. A server that is still at work on the lost request shows
   * more from one look to the next, so two looks in a row must show the same.
   */
  async function findWritten(
    entities: readonly BundleEntity[],
    prefix: string,
    lost: unknown,
  ): Promise<ReadonlyMap<BundleEntity, string>> {
    let before = -1;
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      if (looks > 0) await caller.settle();
      const found = await lookUp(caller, entities, prefix).catch((error: unknown) => {
        throw unresolved(lost, error);
      });
      if (found.size === entities.length || found.size === before) return found;
      before = found.size;
    }
    throw unresolved(lost, badAnswer(`it was still being carried out at look-up ${MAX_LOOKS}`));
  }

  return async function importBundle(body, { prefix }) {
    const entities = readBundle(body);
    const canBeFound = entities.every(({ externalIds }) => externalIds.some((xid) => xid.startsWith(prefix)));
    const receipts: EntityReceipt[] = [];
    const unsettled = new Map(entities.entries());
    let part: Subset = { body, places: [...unsettled.keys()] };
    for (let attempts = 1; ; attempts++) {
      try {
        const sent = part.places.flatMap((place) => entities[place] ?? []);
        const answered = await post(part.body, sent, prefix);
        for (const [i, receipt] of answered.entries()) {
          const place = part.places[i];
          if (place !== undefined && unsettled.has(place)) receipts[place] = receipt;
        }
        return receipts;
      } catch (error) {
        if (!canBeFound) throw error;
        await caller.recover(error, attempts);
        const found = await findWritten([...unsettled.values()], prefix, error);
        for (const [place, entity] of unsettled) {
          const id = found.get(entity);
          if (id === undefined) continue;
          const { type, transientId } = entity;
          receipts[place] = { type, originalId: transientId, result: 'exists', id, reason: null };
          unsettled.delete(place);
        }
        if (unsettled.size === 0) return receipts;
        part = subsetOf(body, new Set(unsettled.keys()));
      }
    }
  };
}

/** The error of an import of which nobody knows what it did. */
function unresolved(lost: unknown, error: unknown): unknown {
  if (!(lost instanceof CtiaError) || !(error instanceof CtiaError)) return error;
  const { code, phase, status, serverCode, serverMessage, traceId } = lost;
  return new CtiaError(code, `${lost.message}; what it did could not be looked up: ${error.message}`, {
    phase,
    status,
    serverCode,
    serverMessage,
    traceId,
    retryAfterMs: error.retryAfterMs,
    cause: error,
  });
}

function readResults(answer: HttpAnswer): JsonObject[] {
  const { results } = readObject(answer);
  if (!Array.isArray(results) || !results.every(isObject)) throw badAnswer('the answer holds no list of results');
  return results;
}

/** Results come in no order; an entity without a transient id is told by external id, or is any of its type. */
function matchResults(entities: readonly BundleEntity[], results: readonly JsonObject[]): EntityReceipt[] {
  const byKey = new Map<string, JsonObject[]>();
  for (const result of results) {
    const type = String(result.type);
    const keys = idKeysOf(type, result.original_id, textsOf(result.external_ids));
    for (const key of keys.length > 0 ? keys : [type]) {
      const same = byKey.get(key);
      if (same === undefined) byKey.set(key, [result]);
      else same.push(result);
    }
  }
  const taken = new Set<JsonObject>();
  return entities.map(({ type, transientId, externalIds }) => {
    const own = idKeysOf(type, transientId, externalIds).flatMap((key) => byKey.get(key) ?? []);
    const nameless = transientId === null ? (byKey.get(type) ?? []) : [];
    // The server takes equal entities for one, so their one result stands for all of them.
    const result = [...own, ...nameless].find((candidate) => !taken.has(candidate)) ?? own.at(-1);
    if (result !== undefined) taken.add(result);
    return receiptOf(type, transientId, result);
  });
}

function idKeysOf(type: string, transientId: unknown, externalIds: readonly string[]): string[] {
  if (typeof transientId === 'string') return [`${type} id ${transientId}`];
  return externalIds.map((xid) => `${type} xid ${xid}`);
}

function receiptOf(type: string, originalId: string | null, result: JsonObject | undefined): EntityReceipt {
  if (result === undefined) {
    return { type, originalId, result: 'missing', id: null, reason: 'the server did not mention it' };
  }
  const id = typeof result.id === 'string' ? result.id : null;
  switch (result.result) {
    case 'created':
    case 'exists':
    case 'updated':
      return { type, originalId, result: result.result, id, reason: null };
    default:
      return { type, originalId, result: 'error', id, reason: reasonOf(result) };
  }
}

/** `error` is a text or `{type}`; `msg` explains it, at length. */
function reasonOf({ error, msg, result }: JsonObject): string {
  const named = isObject(error) ? error.type : error;
  const parts = [named, msg].filter((part) => typeof part === 'string');
  const reason = parts.length > 0 ? parts.join(': ') : `unknown result ${String(result)}`;
  return toTerminal(reason.replace(/\s+/g, ' ').slice(0, MAX_REASON_LENGTH));
}
