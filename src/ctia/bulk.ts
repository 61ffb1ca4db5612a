import { type JsonObject, readObject } from './answer.ts';
import type { Call, Caller } from './caller.ts';
import { COLLECTIONS, type EntityName } from './names.ts';
import { pathOf, type Query } from './path.ts';

/** Ids by type of entity. */
export type IdsByName = Partial<Readonly<Record<EntityName, readonly string[]>>>;

/** Many entities of several types at once, by the collections of a bundle (`incidents`, `notes`); 2,000 at most. */
export interface Bulk {
  /** Stores new ones. There is no look-up by external id, so after a lost answer it is not sent again. */
  create(bulk: JsonObject): Promise<JsonObject>;
  get(ids: IdsByName): Promise<JsonObject>;
  /** Changes parts of incidents and notes, each with its `id`. */
  update(bulk: JsonObject): Promise<JsonObject>;
  /** Writes each anew, whole, by its `id`. */
  replace(bulk: JsonObject): Promise<JsonObject>;
  remove(ids: IdsByName): Promise<JsonObject>;
}

export function bulkOf(caller: Caller): Bulk {
  const call = (method: Call['method'], query: Query, content: unknown, repeatable = true): Promise<JsonObject> =>
    caller.call(
      {
        service: 'ctia',
        method,
        path: pathOf('ctia', 'bulk'),
        query,
        ...(content === undefined ? {} : { body: JSON.stringify(content) }),
        need: { entity: 'bundle', access: method === 'GET' ? 'read' : 'write' },
        repeatable,
      },
      readObject,
    );
  const wait: Query = { wait_for: true };
  return {
    create: (bulk) => call('POST', wait, bulk, false),
    get: (ids) => call('GET', byCollection(ids), undefined),
    update: (bulk) => call('PATCH', wait, bulk),
    replace: (bulk) => call('PUT', wait, bulk),
    remove: (ids) => call('DELETE', wait, byCollection(ids)),
  };
}

function byCollection(ids: IdsByName): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(ids).map(([name, list]) => [COLLECTIONS[name as EntityName], list]));
}
