import { type JsonObject, orNull, readNumber, readObject, readStored, readStoredList, type Stored } from './answer.ts';
import { textsOf } from './bundle.ts';
import type { Call, Caller } from './caller.ts';
import { CtiaError } from './ctia-error.ts';
import type { EntityName } from './names.ts';
import { pathOf, type Query } from './path.ts';
import { countFilters, type Filters, type SearchOptions, type SearchPage, searchEach, searchPages } from './search.ts';

/** Types whose entities can be changed in part; of the others a change is a whole replacement. */
export type PatchableName = 'incident' | 'note' | 'casebook';

/** A metric over the entities created in a span: bounds are ISO dates, `to` defaults to now. */
export interface MetricOptions {
  readonly from: string;
  readonly to?: string;
  /** The field that is counted. */
  readonly aggregateOn: string;
  readonly filters?: Filters;
}

/**
 * What can be done with the entities of one type. Ids are short or long. Every write waits until it can be searched for,
 * since all reading, by id too, goes through the search index.
 */
export interface Entities {
  /** Stores a new one. After a lost answer it is not sent again: that may store it twice. */
  create(entity: JsonObject): Promise<Stored>;
  /**
   * The one with the same first external id, or else a new one: looked for before anything is sent, and twice after a lost
   * answer. What is stored already stays as it is.
   */
  ensure(entity: JsonObject): Promise<Stored>;
  /** Null when there is none. */
  get(id: string, fields?: readonly string[]): Promise<Stored | null>;
  /** Writes it anew, whole. Null when there is none. A judgement cannot be replaced: expire it. */
  replace(id: string, entity: JsonObject): Promise<Stored | null>;
  /** False when there is none (any more). */
  remove(id: string): Promise<boolean>;
  /** Those with exactly this external id. */
  byExternalId(externalId: string): Promise<Stored[]>;
  search(filters: Filters, options?: SearchOptions): AsyncGenerator<Stored, void, undefined>;
  /** As `search`, with a bookmark after each page. */
  pages(filters: Filters, options?: SearchOptions): AsyncGenerator<SearchPage, void, undefined>;
  count(filters: Filters): Promise<number>;
  /** Removes what matches, when `really`; says how many. At least one filter is needed. */
  removeAll(filters: Filters, options: { readonly really: boolean }): Promise<number>;
  histogram(options: MetricOptions & { readonly granularity: 'day' | 'week' | 'month' }): Promise<JsonObject>;
  topn(options: MetricOptions & { readonly limit?: number }): Promise<JsonObject>;
  cardinality(options: MetricOptions): Promise<JsonObject>;
}

export interface PatchableEntities extends Entities {
  /**
   * Changes the fields given: objects are merged, lists replaced, nothing can be taken away. Null when there is none.
   * Two changes of one entity at once undo each other: await each.
   */
  update(id: string, changes: JsonObject): Promise<Stored | null>;
}

const WAIT: Query = { wait_for: true };

export function entitiesOf(caller: Caller, name: EntityName): PatchableEntities {
  const call = (
    method: Call['method'],
    access: 'read' | 'write',
    segments: readonly string[],
    more: Partial<Pick<Call, 'query' | 'body' | 'repeatable'>> = {},
  ): Call => ({
    service: 'ctia',
    method,
    path: pathOf('ctia', name, ...segments),
    need: { entity: name, access },
    repeatable: true,
    ...more,
  });
  const metric = (
    kind: string,
    { from, to, aggregateOn, filters }: MetricOptions,
    extra: Query,
  ): Promise<JsonObject> => {
    const query = { ...countFilters(name, filters ?? {}), from, to, 'aggregate-on': aggregateOn, ...extra };
    return caller.call(call('GET', 'read', ['metric', kind], { query }), readObject);
  };

  const create = (entity: JsonObject): Promise<Stored> =>
    caller.call(
      call('POST', 'write', [], { query: WAIT, body: JSON.stringify(entity), repeatable: false }),
      readStored,
    );
  const byExternalId = async (externalId: string): Promise<Stored[]> => {
    const found = await caller.call(call('GET', 'read', ['external_id', externalId]), readStoredList);
    // The server's look-up takes no notice of case; an import's does.
    return found.filter(({ external_ids: ids }) => textsOf(ids).includes(externalId));
  };

  return {
    create,
    byExternalId,
    async ensure(entity) {
      const [externalId] = textsOf(entity.external_ids);
      if (externalId === undefined) throw new CtiaError('bad-options', `this ${name} has no external id`);
      let [stored] = await byExternalId(externalId);
      for (let attempts = 1; stored === undefined; attempts++) {
        try {
          return await create(entity);
        } catch (error) {
          await caller.recover(error, attempts);
        }
        [stored] = await byExternalId(externalId);
        if (stored !== undefined) return stored;
        // The server may still be at work on it: two looks in a row must show that there is none.
        await caller.settle();
        [stored] = await byExternalId(externalId);
      }
      return stored;
    },
    get: (id, fields) => orNull(caller.call(call('GET', 'read', [id], { query: { fields } }), readStored)),
    replace: (id, entity) =>
      orNull(caller.call(call('PUT', 'write', [id], { query: WAIT, body: JSON.stringify(entity) }), readStored)),
    update: (id, changes) =>
      orNull(caller.call(call('PATCH', 'write', [id], { query: WAIT, body: JSON.stringify(changes) }), readStored)),
    async remove(id) {
      const removed = caller.call(call('DELETE', 'write', [id], { query: WAIT }), () => true);
      return (await orNull(removed)) ?? false;
    },
    search: (filters, options = {}) => searchEach(caller, name, filters, options),
    pages: (filters, options = {}) => searchPages(caller, name, filters, options),
    count: (filters) =>
      caller.call(call('GET', 'read', ['search', 'count'], { query: countFilters(name, filters) }), readNumber),
    removeAll(filters, { really }) {
      const query = { ...countFilters(name, filters), REALLY_DELETE_ALL_THESE_ENTITIES: really ? true : undefined };
      return caller.call(call('DELETE', 'write', ['search'], { query }), readNumber);
    },
    histogram: ({ granularity, ...options }) => metric('histogram', options, { granularity }),
    topn: ({ limit, ...options }) => metric('topn', options, { limit }),
    cardinality: (options) => metric('cardinality', options, {}),
  };
}
