import { canWrite } from '../access/access.ts';
import { type EntityType, typeFacts } from '../entity/types.ts';
import { erase } from '../flow/journal.ts';
import { json, Refusal } from '../http/answer.ts';
import { checkQuery, param } from '../http/call.ts';
import { type Route, signed } from '../http/router.ts';
import { filterTest, hasFilter } from '../search/filter.ts';
import { listAnswer, readable } from '../search/list.ts';
import { filterParameters, listParameters, searchParameters } from '../search/parameters.ts';
import type { World } from '../world.ts';
import { visibilityOf } from './wait-for.ts';

const REALLY = 'REALLY_DELETE_ALL_THESE_ENTITIES';

/** Look-up by external id, search, count and delete by search, of one type. */
export function searchRoutes(world: World, type: EntityType): Route[] {
  const base = `/ctia/${type}`;
  const { fields, filters, searchOnlyFilters } = typeFacts(type);
  return [
    signed('GET', `${base}/external_id/:externalId`, [`read-${type}`], (call) => {
      checkQuery(call.query, listParameters(fields));
      const wanted = param(call, 'externalId').toLowerCase();
      const found = readable(
        world,
        call.identity,
        type,
        ({ external_ids: ids }) => Array.isArray(ids) && ids.some((id) => String(id).toLowerCase() === wanted),
      );
      return listAnswer(found, type, call.query, world);
    }),
    signed('GET', `${base}/search`, [`search-${type}`], (call) => {
      checkQuery(call.query, searchParameters(type));
      const test = filterTest(call.query, [...filters, ...searchOnlyFilters], 'created');
      return listAnswer(readable(world, call.identity, type, test), type, call.query, world);
    }),
    signed('GET', `${base}/search/count`, [`search-${type}`], (call) => {
      checkQuery(call.query, filterParameters(type));
      return json(200, readable(world, call.identity, type, filterTest(call.query, filters, 'created')).length);
    }),
    signed('DELETE', `${base}/search`, [`search-${type}`, `delete-${type}`], (call) => {
      checkQuery(call.query, { ...filterParameters(type), [REALLY]: 'flag', wait_for: 'flag' });
      if (!hasFilter(call.query, filters)) {
        const error = 'you must provide at least one of from, to, query or any field filter.';
        throw new Refusal(json(403, { error }));
      }
      const found = readable(world, call.identity, type, filterTest(call.query, filters, 'created'));
      const mine = found.filter((entity) => canWrite(call.identity, entity));
      if (call.query.get(REALLY) === 'true') {
        for (const entity of mine) erase(world, type, entity, visibilityOf(call.query));
      }
      return json(200, mine.length);
    }),
  ];
}
