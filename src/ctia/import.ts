import { toTerminal } from '../escape/escape.ts';
import type { EntityReceipt } from '../model/parcel.ts';
import { badAnswer, isObject, type JsonObject, readObject } from './answer.ts';
import { type BundleEntity, readBundle, textsOf } from './bundle.ts';
import type { Caller } from './caller.ts';
import type { Service } from './hosts.ts';
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

/**
 * `importBundle(body, options)`: sends a bundle and says of each of its entities, in its order, what became of it. An
 * entity that the server does not mention is `missing`. Two imports at once could both create what they share, so each
 * waits for the one before. A bundle whose every entity has an external id with the prefix may be sent again after a
 * time-out; any other is not.
 */
export function importer(caller: Caller, route: Route) {
  let last: Promise<unknown> = Promise.resolve();

  function send(body: string, { prefix }: ImportOptions): Promise<EntityReceipt[]> {
    const entities = readBundle(body);
    const repeatable = entities.every(({ externalIds }) => externalIds.some((xid) => xid.startsWith(prefix)));
    return caller.call(
      {
        ...IMPORT_ROUTES[route],
        method: 'POST',
        query: { 'external-key-prefixes': prefix },
        body,
        need: { entity: 'bundle', access: 'write' },
        repeatable,
      },
      (answer) => matchResults(entities, readResults(answer)),
    );
  }

  return function importBundle(body: string, options: ImportOptions): Promise<EntityReceipt[]> {
    const turn = last.then(() => send(body, options));
    last = turn.catch(() => null); // Whoever asked for it hears of the failure; the next one only waits.
    return turn;
  };
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
