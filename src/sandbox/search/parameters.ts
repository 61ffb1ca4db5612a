import { TLPS } from '../../ctim/ctim.ts';
import { type EntityType, typeFacts } from '../entity/types.ts';
import type { ParameterKind } from '../http/call.ts';

export type Parameters = Readonly<Record<string, ParameterKind>>;

const ORDER: ParameterKind = ['asc', 'desc'];

const COMMON_FILTERS: Parameters = {
  id: 'text',
  revision: 'integer',
  language: 'text',
  tlp: TLPS,
  query: 'text',
  simple_query: 'text',
  from: 'date',
  to: 'date',
};

/** What counts, metrics and deletes by search filter by: less than a search does. */
export function filterParameters(type: EntityType): Parameters {
  const { filters } = typeFacts(type);
  return { ...COMMON_FILTERS, search_after: 'texts', ...texts(filters) };
}

export function searchParameters(type: EntityType): Parameters {
  const { fields, searchFields, searchOnlyFilters } = typeFacts(type);
  return {
    ...filterParameters(type),
    ...texts(searchOnlyFilters),
    fields,
    ...(searchFields.length === 0 ? {} : { search_fields: searchFields }),
    // A feed's sort fields are a closed list; the others take any text and leave it to the store.
    sort_by: type === 'feed' ? fields : 'text',
    sort_order: ORDER,
    limit: 'integer',
    offset: 'integer',
  };
}

/** The lists that are no searches, such as the look-up by external id. */
export function listParameters(fields: readonly string[]): Parameters {
  return { fields, sort_by: fields, sort_order: ORDER, limit: 'integer', offset: 'integer', search_after: 'texts' };
}

export const EVENT_FIELDS = ['id', 'event_type', 'groups', 'timestamp', 'entity.type', 'entity.id', 'owner'];

export const EVENT_PARAMETERS: Parameters = {
  ...COMMON_FILTERS,
  fields: EVENT_FIELDS,
  sort_by: 'text',
  sort_order: ORDER,
  limit: 'integer',
  offset: 'integer',
  search_after: 'texts',
};

function texts(names: readonly string[]): Parameters {
  return Object.fromEntries(names.map((name) => [name, 'texts']));
}
