import { badAnswer, readStoredList, type Stored } from './answer.ts';
import type { Caller } from './caller.ts';
import type { EntityName } from './names.ts';
import { pathOf, type Query, quoteForQuery } from './path.ts';
import type { HttpAnswer } from './transport.ts';

/**
 * Filters of a search, by the server's names: `query` (Lucene; see {@link quoteForQuery}), `simple_query`, `from` and `to`
 * (on `created`), and fields such as `source`, `status` or `observables.value`. Field filters are exact but for case.
 */
export type Filters = Query;

export interface SearchOptions {
  /** `field:asc` or `field:desc`; `id` is added, so that no two entities are alike. Default `created`, `id`. */
  readonly sortBy?: readonly string[];
  /** Entities fetched at a time. Default 100. */
  readonly pageSize?: number;
  /** Only these fields, and `id`. */
  readonly fields?: readonly string[];
  readonly searchFields?: readonly string[];
  /** Begins behind this bookmark, which a search with the same `sortBy` gave out. */
  readonly after?: readonly string[];
}

/** Part of what a search finds. */
export interface SearchPage {
  readonly entities: readonly Stored[];
  /** Sort values of the last entity: what `after` takes to go on behind it, days later too. Null where the server names none. */
  readonly bookmark: readonly string[] | null;
}

const DEFAULT_PAGE_SIZE = 100;

/**
 * Everything that matches, page after page by `search_after`, which unlike offsets goes beyond 10,000. There is no
 * snapshot: what is written meanwhile may or may not appear.
 */
export async function* searchPages(
  caller: Caller,
  name: EntityName,
  filters: Filters,
  options: SearchOptions,
): AsyncGenerator<SearchPage, void, undefined> {
  const { sortBy = ['created'], pageSize = DEFAULT_PAGE_SIZE, fields, searchFields } = options;
  const sorted = sortBy.some((key) => key.split(':')[0] === 'id') ? sortBy : [...sortBy, 'id'];
  const query: Query = {
    ...filters,
    sort_by: sorted.join(','),
    limit: pageSize,
    fields: fields === undefined || fields.includes('id') ? fields : [...fields, 'id'],
    search_fields: searchFields,
  };
  let after: readonly string[] | null = options.after ?? [];
  while (after !== null) {
    const from: readonly string[] = after;
    const page: Answered = await caller.call(
      {
        method: 'GET',
        service: 'ctia',
        path: pathOf('ctia', name, 'search'),
        query: { ...query, search_after: from },
        need: { entity: name, access: 'read' },
        repeatable: true,
      },
      (answer) => readPage(answer, sorted.length),
    );
    if (page.next !== null && from.length > 0 && page.next.join('\n') === from.join('\n')) {
      throw badAnswer('the search does not get on: its next page is the same page');
    }
    if (page.entities.length > 0) yield { entities: page.entities, bookmark: page.bookmark };
    after = page.next;
  }
}

/** As {@link searchPages}, one by one. */
export async function* searchEach(
  caller: Caller,
  name: EntityName,
  filters: Filters,
  options: SearchOptions,
): AsyncGenerator<Stored, void, undefined> {
  for await (const { entities } of searchPages(caller, name, filters, options)) yield* entities;
}

interface Answered extends SearchPage {
  /** The bookmark, where there may be more behind it. */
  readonly next: readonly string[] | null;
}

function readPage(answer: HttpAnswer, sortKeys: number): Answered {
  const entities = readStoredList(answer);
  const nextHeader = headerOf(answer, 'x-next');
  // X-Next holds paging alone, not the filters, so only its sort values are taken.
  const announced = new URLSearchParams(nextHeader ?? '').getAll('search_after');
  const last = announced.length > 0 ? announced : readSortHeader(headerOf(answer, 'x-sort') ?? '');
  const bookmark = last.length === sortKeys ? last : null;
  if (nextHeader === null || entities.length === 0) return { entities, bookmark, next: null };
  if (bookmark === null) throw badAnswer(`the next page needs ${sortKeys} sort values, not ${last.length}`);
  return { entities, bookmark, next: bookmark };
}

function headerOf(answer: HttpAnswer, name: string): string | null {
  const value = answer.headers[name];
  return typeof value === 'string' ? value : (value?.[0] ?? null);
}

/** Reads `X-Sort`, a printed Clojure vector: `[1637680112997 "incident-..."]`. Nothing for what is none. */
export function readSortHeader(header: string): string[] {
  const inner = /^\s*\[(.*)\]\s*$/.exec(header)?.[1] ?? '';
  return Array.from(inner.matchAll(/"((?:[^"\\]|\\.)*)"|[^\s,"]+/g), ([bare, quoted]) =>
    quoted === undefined ? bare : quoted.replace(/\\(.)/g, '$1'),
  );
}

/** Filters that searching incidents takes but counting and deleting refuse: they go into the query instead. */
const QUERY_ONLY = ['severity', 'tactics'];

/** Filters in the form that `count` and delete-by-search take. */
export function countFilters(name: EntityName, filters: Filters): Query {
  if (name !== 'incident') return filters;
  const terms = QUERY_ONLY.flatMap((field) => {
    const values = [filters[field] ?? []].flat().map((value) => quoteForQuery(String(value)));
    return values.length === 0 ? [] : [`${field}:(${values.join(' OR ')})`];
  });
  if (terms.length === 0) return filters;
  const query = filters.query === undefined ? terms : [`(${filters.query})`, ...terms];
  const rest = Object.entries(filters).filter(([field]) => !QUERY_ONLY.includes(field));
  return { ...Object.fromEntries(rest), query: query.join(' AND ') };
}
