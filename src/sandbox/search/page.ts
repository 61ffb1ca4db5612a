import type { StoredEntity } from '../entity/stored.ts';
import { badSearch } from '../http/answer.ts';
import type { Behaviour } from '../settings.ts';
import { compareBy, readSearchAfter, type SortKey, type SortValue } from './sort.ts';

/** A part of a list, and what the server's headers say of the rest. */
export interface Page {
  readonly entities: readonly StoredEntity[];
  readonly headers: Readonly<Record<string, string>>;
}

/** Takes the page that `limit`, `offset` and `search_after` ask for. Throws the server's 400. */
export function pageOf(
  found: readonly StoredEntity[],
  keys: readonly SortKey[],
  query: URLSearchParams,
  { defaultLimit, searchWindow }: Behaviour,
): Page {
  const limit = Number(query.get('limit') ?? defaultLimit);
  const offset = Number(query.get('offset') ?? 0);
  const after = query.has('search_after') ? readSearchAfter(keys, query.getAll('search_after')) : null;
  const start = after === null ? offset : 0;
  if (limit < 0 || offset < 0) throw badSearch('[size] and [from] must not be negative');
  if (start + limit > searchWindow) {
    throw badSearch(`Result window is too large, from + size must be less than or equal to: [${searchWindow}]`);
  }
  const rows = found
    .map((entity) => ({ entity, values: keys.map((key) => key.valueOf(entity)) }))
    .sort((a, b) => compareBy(keys, a.values, b.values));
  const rest = after === null ? rows : rows.filter(({ values }) => compareBy(keys, values, after) > 0);
  const page = rest.slice(start, start + limit);
  const last = page.at(-1)?.values;
  const hasNext = after === null ? start + limit < rows.length : page.length === limit && limit > 0;
  const next = { limit, offset: offset + limit };
  const hasPrevious = after === null && offset > 0 && offset + limit < searchWindow;
  return {
    entities: page.map(({ entity }) => entity),
    headers: {
      'x-total-hits': String(rows.length),
      ...(hasNext
        ? {
            'x-next': `${formOf(next)}${(last ?? []).map((value) => `&search_after=${encodeURIComponent(String(value))}`).join('')}`,
          }
        : {}),
      ...(hasPrevious ? { 'x-previous': formOf({ limit, offset: Math.max(0, offset - limit) }) } : {}),
      ...(last === undefined ? {} : { 'x-sort': printVector(last) }),
    },
  };
}

function formOf(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** As Clojure prints a vector: no commas, texts quoted; what no header may hold is escaped. */
function printVector(values: readonly SortValue[]): string {
  const printed = values.map((value) =>
    typeof value === 'string'
      ? `"${value.replace(/[\\"]/g, '\\$&').replace(/[^ -~]/g, '?')}"`
      : value === null
        ? 'nil'
        : String(value),
  );
  return `[${printed.join(' ')}]`;
}
